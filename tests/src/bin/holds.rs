//! Holds the pidfile that its first argument names until it is killed. Says so on standard error,
//! for which a second argument names a log.

use std::io::{self, Write};
use std::path::PathBuf;
use std::{env, thread};

#[daemon::main(configure = paths)]
fn main(ready: daemon::Ready) {
    // Not `eprintln!`, which panics where nothing can be written.
    _ = writeln!(io::stderr(), "holding");
    ready.notify();
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
