//! What the enumeration of `clap_verbs!` is turned into.

use std::time::Duration;

use crate::config::verb::{Stop, Target, seconds};

/// `--timeout`: a number of seconds, with or without a fraction.
///
/// # Errors
///
/// What is wrong with it.
pub fn parse_seconds(text: &str) -> Result<Duration, String> {
    seconds(text).ok_or_else(|| "it is not a number of seconds".to_owned())
}

/// The flags of `stop` and `restart`.
pub fn how_to_stop(timeout: Option<Duration>, kill: bool, anyway: bool) -> Stop {
    Stop { timeout, kill, anyway }
}

/// The target of this name.
///
/// # Panics
///
/// If there is none.
pub fn target(name: &str) -> Target {
    let mut all = Target::ALL.iter().copied();
    all.find(|target| target.name() == name).expect("one of the possible values")
}
