//! Property lists, which are XML; see plist(5).

use std::ffi::OsStr;

use crate::config::verb::Target;
use crate::control::unit::escape::plain;
use crate::error::Error;

/// A string.
pub(in crate::control::unit) fn string(word: &OsStr) -> Result<String, Error> {
    let text = plain(word, &['\t', '\n'], Target::Launchd)?;
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    Ok(format!("<string>{escaped}</string>"))
}
