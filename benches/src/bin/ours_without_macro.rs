//! The library without its attribute.

use std::process::ExitCode;
use std::thread;

fn main() -> ExitCode {
    let pidfile = std::env::args().nth(1).expect("usage: ours_without_macro PIDFILE");
    daemon::Config::new("ours_without_macro").pidfile(pidfile).mode(daemon::Mode::Background).run(
        |ready| {
            ready.notify();
            loop {
                thread::park();
            }
        },
    )
}
