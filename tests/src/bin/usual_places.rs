//! Has its pidfile and its log in the usual places.

use std::thread;

// In the background whatever the environment says of a supervisor.
#[daemon::main(pidfile, stdout, stderr, mode = background)]
fn main(ready: daemon::Ready) {
    println!("to stdout");
    eprintln!("to stderr");
    ready.notify();
    loop {
        thread::park();
    }
}
