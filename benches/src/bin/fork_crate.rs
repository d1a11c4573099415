//! The crate `fork`, which has neither a pidfile nor readiness nor a umask.

use std::thread;

fn main() {
    fork::daemon(false, false).expect("cannot daemonize");
    loop {
        thread::park();
    }
}
