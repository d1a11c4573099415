//! Is ready once it has a stopped child; its pidfile is the first argument.

use std::io;
use std::process::Command;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;

#[daemon::main(configure = pidfile)]
fn main(ready: daemon::Ready) -> io::Result<()> {
    let child = Command::new("sleep").arg("1000").spawn()?;
    let pid = Pid::from_raw(child.id() as i32);
    kill(pid, Signal::SIGSTOP)?;
    waitpid(pid, Some(WaitPidFlag::WUNTRACED))?;
    ready.notify();
    loop {
        std::thread::park();
    }
}

fn pidfile(config: &mut daemon::Config) {
    config.pidfile(std::env::args().nth(1).expect("a pidfile"));
}
