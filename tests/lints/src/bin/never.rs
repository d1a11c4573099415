//! A daemon that never returns, with `Ready` and without.

use tokio as _;

use std::{process, thread};

/// The daemon.
#[daemon::main]
fn main(ready: daemon::Ready) -> ! {
    ready.notify();
    thread::park();
    process::exit(7)
}
