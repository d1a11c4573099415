//! Turns an ordinary `fn main` into a well-behaved Unix daemon.

pub use daemon_core::{Config, Error, ErrorKind, Mode, Output, Pidfile, Ready};

#[doc(inline)]
pub use daemon_macros::main;

#[doc(hidden)]
pub use daemon_core::expansion as __private;
