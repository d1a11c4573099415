//! Is ready once it has seen a child end with exit status 5. Its pidfile is the first argument.

use std::io;
use std::process::Command;

#[daemon::main(configure = pidfile)]
fn main(ready: daemon::Ready) -> io::Result<()> {
    let status = Command::new("/bin/sh").args(["-c", "exit 5"]).status()?;
    assert_eq!(status.code(), Some(5));
    ready.notify();
    loop {
        std::thread::park();
    }
}

fn pidfile(config: &mut daemon::Config) {
    config.pidfile(std::env::args().nth(1).expect("a pidfile"));
}
