//! The launch behind `#[daemon::main]`; use the package `daemon-main`, whose library is `daemon`.
//!
//! In reading order:
//!
//! - `config`: what is asked for; `inherited`, `environment`: what the process was given;
//! - `mode`: background or foreground; `plan`: everything resolved and checked, in one process;
//! - `launch`: the sequence, from top to bottom; `expansion`: what the macro's code calls;
//! - `watcher`, `command`, `relay`, `waiting`, `verdict`, `captured`, `terminal`: the side that waits;
//! - `handshake`, `ready`: what the daemon says to it;
//! - `notify`, `watchdog`, `sockets`: what a supervisor is told, and what it passes;
//! - `files`, `pidfile`, `stdio`, `log`, `descriptors`, `signals`, `threads`, `places`,
//!   `limits`: one thing each;
//! - `identity`, `account`, `capabilities`, `jail`, `directories`: who the daemon is, where, and
//!   what root may do on the way;
//! - `error`: every way to fail; `text`: what is fit for a terminal;
//! - `sys`: what differs between operating systems, and every `unsafe`.

#[cfg(not(unix))]
compile_error!("daemon-main is for Unix: there are no fork, sessions or signals on this system");

mod command;
mod config;
mod error;
#[doc(hidden)]
pub mod expansion;
mod files;
mod handshake;
mod inherited;
mod launch;
mod plan;
mod process;
mod ready;
mod relay;
mod supervisor;
mod sys;
mod terminal;
mod text;
mod verdict;
mod waiting;
mod watcher;

pub use config::{Config, Mode, Output, Pidfile};
pub use error::{Error, ErrorKind};
pub use process::capabilities::Capability;
pub use process::identity::account::{Group, User};
pub use process::limits::{Limit, Resource};
pub use ready::Ready;
pub use supervisor::decision::Decision;
pub use supervisor::mode::mode;
pub use supervisor::notify::status;
pub use supervisor::sockets::{Socket, Sockets, sockets};
pub use supervisor::watchdog::{Heartbeat, Watchdog, watchdog};
