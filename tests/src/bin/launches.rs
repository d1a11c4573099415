//! `Config::launch` instead of the macro. Where it is refused, the program goes on: it says what
//! the launch may have changed, as it was before and as it is then, launches once more, and ends
//! with status 7.
//!
//! The steps are `print:TEXT`, `sigchld`, `again`, which launches once more, `exit:STATUS` and `notify`; the options those of
//! `fixture::Told` and of `early`.

#[path = "does_as_told/early.rs"]
mod early;

use std::process;

use daemon::Config;
use fixture::{Told, live_on, parse};
use nix::sys::{
    prctl::get_child_subreaper,
    signal::{SigSet, Signal},
};

fn main() {
    let mut config = Config::new("launches");
    let told = Told::read_with(&mut config, early::set);
    let before = state();
    let ready = match config.launch() {
        Ok(ready) => ready,
        Err(error) => {
            println!("refused: {error}\nbefore: {before}\nafter: {}", state());
            println!("once more: {}", config.launch().expect_err("the same"));
            process::exit(7)
        }
    };
    for (verb, object) in told.steps() {
        match verb {
            "print" => eprintln!("{object}"),
            "sigchld" => eprintln!("SIGCHLD: {}", early::action_for_sigchld()),
            "again" => eprintln!("again: {}", config.launch().expect_err("the same")),
            "exit" => process::exit(parse(object)),
            "notify" => {
                ready.notify();
                live_on()
            }
            _ => panic!("no step {verb}"),
        }
    }
}

/// What a launch changes of its process.
fn state() -> String {
    let sub_reaper = get_child_subreaper().expect("prctl");
    let mask = SigSet::thread_get_mask().expect("a mask");
    let blocked: Vec<_> = Signal::iterator().filter(|it| mask.contains(*it)).collect();
    let sigchld = early::action_for_sigchld();
    format!("sub-reaper {sub_reaper}, SIGCHLD {sigchld}, blocked {blocked:?}")
}
