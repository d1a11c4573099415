//! Holds the pidfile that its first argument names, and logs to the file that the second one
//! names, as the very process that was started.

use std::path::PathBuf;
use std::{env, thread};

#[daemon::main(mode = foreground, configure = paths)]
fn main(ready: daemon::Ready) {
    ready.notify_with("holding");
    loop {
        thread::park();
    }
}

fn paths(config: &mut daemon::Config) {
    let mut paths = env::args_os().skip(1).map(PathBuf::from);
    if let Some(pidfile) = paths.next() {
        config.pidfile(pidfile);
    }
    if let Some(log) = paths.next() {
        config.stderr(log);
    }
}
