//! A daemon whose steps hand values on.

#![allow(
    clippy::needless_return,
    clippy::single_call_fn,
    clippy::unnecessary_wraps,
    reason = "the steps are as they are in any program"
)]

use tokio as _;

use std::{io, net::TcpListener};

/// A port.
const PORT: u16 = 7777;

/// The command line.
fn args(config: &mut daemon::Config) -> Result<u16, String> {
    drop(config.clone());
    return Ok(PORT);
}

/// The daemon.
#[daemon::main(configure = args, privileged = open)]
fn main(ready: daemon::Ready, listener: TcpListener) {
    drop(listener);
    ready.notify();
}

/// The descriptors that only root can open.
fn open(port: u16) -> io::Result<TcpListener> {
    return TcpListener::bind(("127.0.0.1", port));
}
