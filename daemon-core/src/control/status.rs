//! The verb `status`.

use crate::config::Config;
use crate::error::{Error, ErrorKind};

/// Whether the daemon runs, and what it knows of itself.
///
/// # Errors
///
/// None yet.
pub fn status(_config: &mut Config) -> Result<(), Error> {
    Err(Error::new(ErrorKind::Software, "cannot look"))
}
