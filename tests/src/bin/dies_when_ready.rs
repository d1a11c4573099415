//! Is ready, and dies at once: all its system calls are those of its start.

use fixture::Told;
use nix::sys::signal::{Signal, raise};

#[daemon::main(control = "daemon", configure = Told::read)]
fn main(ready: daemon::Ready, _: Told) {
    ready.notify();
    raise(Signal::SIGKILL).expect("a signal to this process");
}
