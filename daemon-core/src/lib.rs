//! The launch behind `#[daemon::main]`. Use it through the package `daemon-main`, whose library is
//! `daemon`.
//!
//! The modules below are its wings, in reading order. Each imports only from those below it; the
//! test `house` enforces that.
//!
//! On a system that is not Unix nothing of a daemon is possible, and the program runs as an ordinary
//! one. What is asked for (`expansion`, `config`) is the same there. Of the wings that carry it out,
//! each is missing, or has a stand-in of its name in `other_systems/` that offers the same and does
//! nothing.
#![cfg_attr(not(unix), allow(dead_code, reason = "what is asked for is not carried out"))]

/// The items that the attribute's expansion uses in the user's crate.
#[doc(hidden)]
pub mod expansion;

/// The verbs on a running daemon as functions; each looks for it where [`Config`] says, and touches
/// nothing that is not proved to be it.
#[cfg_attr(not(unix), path = "other_systems/control.rs")]
pub mod control;

// The launch sequence from top to bottom, and how the body reports that the start is over.
#[cfg_attr(not(unix), path = "other_systems/launch/mod.rs")]
mod launch;

// The side that waits: who watches, what cancels a start, how it ended, what is shown.
#[cfg(unix)]
mod command;

// The running daemon: its stop, its events, its logs opened anew.
#[cfg_attr(not(unix), path = "other_systems/running/mod.rs")]
mod running;

// Everything resolved, opened and checked while there is one process.
#[cfg_attr(not(unix), path = "other_systems/plan.rs")]
mod plan;

// Pidfile, logs, standard streams: where they are, and how they are opened safely.
#[cfg(unix)]
mod files;

// Supervisors: which one started us, what it passes, what it is told.
#[cfg_attr(not(unix), path = "other_systems/supervisor/mod.rs")]
mod supervisor;

// The options, and the form of each value.
mod config;

// The attributes of a process: descriptors, signals, limits, its root directory, its user.
#[cfg_attr(not(unix), path = "other_systems/process.rs")]
mod process;

// Every way to fail, and text made fit for a terminal.
mod error;
mod text;

// Everything that differs between systems, and every `unsafe`.
#[cfg_attr(not(unix), path = "other_systems/sys.rs")]
mod sys;

pub use config::chdir::Chdir;
pub use config::umask::Umask;
pub use config::verb::{Control, Verb};
pub use config::{Config, Mode, Output, Pidfile};
pub use control::arguments::args_os;
pub use error::{Error, ErrorKind};
pub use launch::ready::Ready;
pub use process::capabilities::Capability;
pub use process::identity::account::{Group, User};
pub use process::limits::{Limit, Resource};
pub use running::events::{Event, Events, Recv, Timeout, events};
pub use running::hold::Hold;
pub use running::output::output;
pub use running::reason::Reason;
pub use running::reload::{Reload, last_reload};
pub use running::reopen::reopen_logs;
pub use running::sink::Sink;
pub use running::stages::{Drained, Requested, Stopped};
pub use running::status::status;
pub use running::stop::{Stop, stop, stopped};
pub use running::verdict::Verdict;
pub use supervisor::decision::Decision;
pub use supervisor::mode::mode;
pub use supervisor::sockets::{Socket, Sockets, sockets};
pub use supervisor::watchdog::{Heartbeat, Watchdog, watchdog};
