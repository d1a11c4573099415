//! Turns an ordinary `fn main` into a well-behaved Unix daemon.

pub use daemon_core::{Config, Error, ErrorKind, Mode, Output, Pidfile, Ready};
