//! The crate `fork`, after the example on its first page. It offers neither pidfile, log nor user.

use std::error::Error;
use std::process;

use fork::{Fork, daemon};

pub(crate) fn become_daemon() -> Result<(), Box<dyn Error>> {
    match daemon(false, false)? {
        Fork::Child => Ok(()),
        Fork::Parent(_) => process::exit(0),
    }
}
