//! Has a child from before it was ready and one from after. Its pidfile is the first argument.

use std::io;
use std::process::Command;

#[daemon::main(configure = pidfile)]
fn main(ready: daemon::Ready) -> io::Result<()> {
    let _before = Command::new("sleep").arg("1000").spawn()?;
    ready.notify();
    let _after = Command::new("sleep").arg("2000").spawn()?;
    loop {
        std::thread::park();
    }
}

fn pidfile(config: &mut daemon::Config) {
    config.pidfile(std::env::args().nth(1).expect("a pidfile"));
}
