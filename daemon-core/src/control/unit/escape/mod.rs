//! How a word is written so that each program reads that very word.

pub(super) mod ini;
pub(super) mod logrotate;
pub(super) mod shell;
pub(super) mod systemd;
pub(super) mod xml;
pub(super) mod yaml;

use std::ffi::OsStr;

use crate::config::verb::Target;
use crate::control::unit::refusals::inexpressible;
use crate::error::Error;

/// The word as text, for files that are text.
fn text(word: &OsStr, target: Target) -> Result<&str, Error> {
    word.to_str().ok_or_else(|| {
        let what = format!("{word:?} is not UTF-8, and the file must be");
        inexpressible(target, &what, "start the program by a script")
    })
}

/// Text without control characters other than these.
fn plain<'a>(word: &'a OsStr, allowed: &[char], target: Target) -> Result<&'a str, Error> {
    let text = text(word, target)?;
    if text.contains(|c: char| c.is_control() && !allowed.contains(&c)) {
        let what = format!("{word:?} has a control character, for which it has no form");
        return Err(inexpressible(target, &what, "start the program by a script"));
    }
    Ok(text)
}

/// Whether a word means nothing but itself nearly everywhere.
fn is_harmless(word: &[u8]) -> bool {
    let harmless = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-+:,@=".contains(byte);
    !word.is_empty() && word.iter().all(harmless)
}
