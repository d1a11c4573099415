//! The verb `status`.

use crate::config::Config;
use crate::control::holder::Holder;
use crate::error::{Error, ErrorKind};

/// Whether the daemon runs, and what it knows of itself.
///
/// # Errors
///
/// None yet.
pub fn status(_config: &Config) -> Result<(), Error> {
    Err(Error::new(ErrorKind::Software, "cannot look"))
}

/// The verb: what it says, and its exit status.
pub(super) fn perform(config: &mut Config, _json: bool, _ready: bool) -> Result<u8, Error> {
    status(config).map(|()| 0)
}

/// What the daemon is doing, in a few words, such as what it holds before its end.
pub(super) fn doing(_holder: &Holder) -> Option<String> {
    None
}

/// Whether the daemon is ready; it is, if it says nothing of itself.
pub(super) fn is_ready(_holder: &Holder) -> bool {
    true
}

/// Whether a supervisor is in charge of the daemon.
pub(super) fn is_supervised(_holder: &Holder) -> bool {
    false
}

/// What the daemon answered to a request to reload.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) is_done: bool,
    pub(super) text: String,
}

/// How many answers it has given.
pub(super) fn answers(_holder: &Holder) -> u64 {
    0
}

/// The last answer, if it has given more than so many.
pub(super) fn answer_after(_holder: &Holder, _before: u64) -> Option<Answer> {
    None
}
