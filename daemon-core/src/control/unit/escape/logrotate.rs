//! Files of logrotate(8): names are quoted as in a shell, and are patterns of glob(7).

use std::path::Path;

use crate::config::verb::Target;
use crate::control::unit::escape::{is_harmless, plain};
use crate::control::unit::refusals::inexpressible;
use crate::error::Error;

/// The path of a log.
pub(in crate::control::unit) fn path(path: &Path) -> Result<String, Error> {
    let text = plain(path.as_os_str(), &[], Target::Logrotate)?;
    // It looks for them before it looks for quotes.
    if text.contains(['{', '}']) {
        let what = format!("the name of the log {text:?} has a brace");
        return Err(inexpressible(Target::Logrotate, &what, "choose another name"));
    }
    if is_harmless(text.as_bytes()) {
        return Ok(text.to_owned());
    }
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '*' | '?' | '[' => quoted.extend(['[', character, ']']),
            '"' => quoted.push_str("\\\""),
            // For the pattern; in quotes it is itself.
            '\\' => quoted.push_str("\\\\"),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    Ok(quoted)
}
