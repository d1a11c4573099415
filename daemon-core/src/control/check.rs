//! The verb `check`.

use crate::config::Config;
use crate::error::{Error, ErrorKind};

/// Everything that a start would do, and everything that would make it fail.
///
/// # Errors
///
/// None yet.
pub fn check(_config: &Config) -> Result<(), Error> {
    Err(Error::new(ErrorKind::Software, "cannot check"))
}

/// The verb: what it says, and its exit status.
pub(super) fn perform(config: &mut Config, _json: bool) -> Result<u8, Error> {
    check(config).map(|()| 0)
}

/// The first thing that would make a start fail, but for the daemon that runs already.
pub(super) fn could_start(_config: &mut Config) -> Result<(), Error> {
    Ok(())
}
