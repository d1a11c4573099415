//! The launch behind `#[daemon::main]`. Use it through the package `daemon-main`, whose library is
//! `daemon`.
//!
//! The modules below are its wings, in reading order. Each imports only from those below it; the
//! test `house` enforces that.

#[cfg(not(unix))]
compile_error!("daemon-main is for Unix: there are no fork, sessions or signals on this system");

/// The items that the attribute's expansion uses in the user's crate.
#[doc(hidden)]
pub mod expansion;

// The launch sequence from top to bottom, and how the body reports that the start is over.
mod launch;

// The side that waits: who watches, what cancels a start, how it ended, what is shown.
mod command;

// Everything resolved, opened and checked while there is one process.
mod plan;

// Pidfile, logs, standard streams: where they are, and how they are opened safely.
mod files;

// Supervisors: which one started us, what it passes, what it is told.
mod supervisor;

// The options, and the form of each value.
mod config;

// The attributes of a process: descriptors, signals, limits, its root directory, its user.
mod process;

// Every way to fail, and text made fit for a terminal.
mod error;
mod text;

// Everything that differs between systems, and every `unsafe`.
mod sys;

pub use config::chdir::Chdir;
pub use config::umask::Umask;
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
