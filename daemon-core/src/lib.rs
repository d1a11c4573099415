//! The launch behind `#[daemon::main]`; use the package `daemon-main`, whose library is `daemon`.
//!
//! It is divided into wings, which are listed here in reading order. Each imports only from those
//! below it; the test `house` holds them to that.

#[cfg(not(unix))]
compile_error!("daemon-main is for Unix: there are no fork, sessions or signals on this system");

/// What the attribute's code calls in the user's crate.
#[doc(hidden)]
pub mod expansion;

// The sequence, top to bottom, and how the body says that it is over.
mod launch;

// The side that waits: who watches, what cancels, how it ended, what is said.
mod command;

// Everything resolved, opened and checked while there is one process.
mod plan;

// Pidfile, logs, standard streams: where, and how safely.
mod files;

// Who started us, what it passes, what it is told.
mod supervisor;

// What is asked for, and the form of each value.
mod config;

// What a process has and can lose.
mod process;

// Every way to fail, and what is fit for a terminal.
mod error;
mod text;

// What differs between systems, and every `unsafe`.
mod sys;

pub use config::{Config, Mode, Output, Pidfile};
pub use error::{Error, ErrorKind};
pub use launch::ready::Ready;
pub use process::capabilities::Capability;
pub use process::identity::account::{Group, User};
pub use process::limits::{Limit, Resource};
pub use supervisor::decision::Decision;
pub use supervisor::mode::mode;
pub use supervisor::notify::status;
pub use supervisor::sockets::{Socket, Sockets, sockets};
pub use supervisor::watchdog::{Heartbeat, Watchdog, watchdog};
