//! A daemon without anything.

use tokio as _;

/// The daemon.
#[daemon::main]
fn main() {}
