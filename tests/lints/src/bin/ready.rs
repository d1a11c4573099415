//! A daemon that says when it is ready.

use tokio as _;

/// The daemon.
#[daemon::main(pidfile)]
fn main(ready: daemon::Ready) {
    ready.notify();
}
