//! The verb `check`.

use crate::config::Config;
use crate::error::{Error, ErrorKind};

/// Everything that a start would do, and everything that would make it fail.
///
/// # Errors
///
/// None yet.
pub fn check(_config: &mut Config) -> Result<(), Error> {
    Err(Error::new(ErrorKind::Software, "cannot check"))
}
