//! A daemon whose body ends with what it returns.

#![allow(clippy::implicit_return, reason = "the opposite of `needless_return`")]

use tokio as _;

use std::{fs, io};

/// The daemon.
#[daemon::main]
fn main() -> io::Result<()> {
    fs::remove_dir("/var/lib/echod")
}
