//! A daemon whose steps are closures.

#![allow(clippy::needless_return, reason = "the opposite of `implicit_return`")]

use tokio as _;

/// The daemon.
#[daemon::main(configure = |config| return config.umask(0), privileged = || return String::from("echod"))]
fn main(name: String) {
    drop(name);
}
