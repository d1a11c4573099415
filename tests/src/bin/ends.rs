//! Ends when it gets SIGUSR1, in the way that its second argument says; the first one is its
//! pidfile.

use std::path::PathBuf;
use std::process::{self, ExitCode};
use std::{env, thread};

use nix::sys::signal::{SigSet, Signal};

#[daemon::main(configure = pidfile)]
fn main(ready: daemon::Ready) -> ExitCode {
    let signals = SigSet::from(Signal::SIGUSR1);
    signals.thread_block().expect("a signal to wait for");
    ready.notify();
    signals.wait().expect("the signal");
    match env::args().nth(2).as_deref() {
        Some("exits") => process::exit(3),
        Some("exits_from_a_thread") => {
            thread::spawn(|| process::exit(3)).join().expect("no return")
        }
        Some("panics") => panic!("as it was told to"),
        _ => ExitCode::SUCCESS,
    }
}

fn pidfile(config: &mut daemon::Config) {
    config.pidfile(PathBuf::from(env::args_os().nth(1).expect("a pidfile")));
}
