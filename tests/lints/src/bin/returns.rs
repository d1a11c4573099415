//! A daemon that returns something.

#![allow(clippy::needless_return, reason = "the opposite of `implicit_return`")]

use tokio as _;

use std::process::ExitCode;

/// The daemon.
#[daemon::main]
fn main(ready: daemon::Ready) -> ExitCode {
    ready.notify();
    return ExitCode::SUCCESS;
}
