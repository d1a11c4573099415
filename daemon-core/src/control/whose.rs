//! The supervisor in charge of a daemon, by what the daemon noted and by what can be seen.

use crate::control::holder::Holder;
use crate::error::Error;

/// Refuses a verb on a daemon that a supervisor is in charge of.
pub(super) fn refuse(_holder: &Holder, _verb: &str) -> Result<(), Error> {
    Ok(())
}
