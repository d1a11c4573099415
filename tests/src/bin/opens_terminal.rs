//! Opens a terminal, as a log on the console is opened, and keeps it. The arguments: the pidfile
//! and the terminal.

use std::fs::OpenOptions;
use std::io;

#[daemon::main(configure = pidfile)]
fn main(ready: daemon::Ready) -> io::Result<()> {
    let path = std::env::args().nth(2).expect("a terminal");
    // Without O_NOCTTY: a session leader that has no terminal gets this one; see open(2).
    let _terminal = OpenOptions::new().read(true).write(true).open(path)?;
    ready.notify();
    loop {
        std::thread::park();
    }
}

fn pidfile(config: &mut daemon::Config) {
    config.pidfile(std::env::args().nth(1).expect("a pidfile"));
}
