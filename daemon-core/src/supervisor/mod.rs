//! The supervisor: whether there is one, what it passes to the program, and what it is told.

pub(crate) mod decision;
pub(crate) mod detect;
pub(crate) mod environment;
pub(crate) mod journal;
pub(crate) mod mode;
pub(crate) mod notify;
pub(crate) mod parent;
#[cfg(test)]
mod properties;
pub(crate) mod s6;
pub(crate) mod sockets;
pub(crate) mod watchdog;

use crate::error::Error;
use crate::supervisor::environment::Environment;

/// Connects to the supervisor, if there is one, before anything is changed: first to the socket
/// that it listens on, without which there is no watchdog.
pub(crate) fn connect(environment: Environment<'_>) -> Result<(), Error> {
    notify::connect(environment)?;
    watchdog::find(environment);
    Ok(())
}
