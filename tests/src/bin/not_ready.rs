//! Never becomes ready: fails in the step that its second argument names, or else says that it is
//! starting and stays so. The first argument is its pidfile.

use std::path::PathBuf;
use std::{env, thread};

#[daemon::main(configure = pidfile, privileged = privileged)]
fn main(ready: daemon::Ready) -> Result<(), &'static str> {
    fail_in("body")?;
    ready.status("starting");
    loop {
        thread::park();
    }
}

fn privileged() -> Result<(), &'static str> {
    fail_in("privileged")
}

fn fail_in(step: &str) -> Result<(), &'static str> {
    let named = env::args().nth(2).is_some_and(|argument| argument == step);
    if named { Err("as it was told to") } else { Ok(()) }
}

fn pidfile(config: &mut daemon::Config) {
    config.pidfile(PathBuf::from(env::args_os().nth(1).expect("a pidfile")));
}
