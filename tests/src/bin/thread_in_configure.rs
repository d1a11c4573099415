//! Starts a thread called `poller` in `configure`, after some text that stays in its buffer. Its
//! pidfile is the first argument.

use std::io;
use std::sync::mpsc;
use std::thread;

#[daemon::main(configure = configure)]
fn main(ready: daemon::Ready) {
    ready.notify();
}

fn configure(config: &mut daemon::Config) -> io::Result<()> {
    config.pidfile(std::env::args().nth(1).expect("a pidfile"));
    print!("polling…");
    let (running, runs) = mpsc::channel();
    let poll = move || {
        _ = running.send(());
        thread::park();
    };
    thread::Builder::new().name("poller".into()).spawn(poll)?;
    // It takes its name when it begins to run.
    runs.recv().map_err(io::Error::other)
}
