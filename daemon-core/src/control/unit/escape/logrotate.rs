//! Files of logrotate(8): names are quoted as in a shell, and are patterns of glob(7).

use std::path::Path;

use crate::config::verb::Target;
use crate::control::unit::escape::{is_harmless, plain};
use crate::error::Error;

/// The path of a log.
pub(in crate::control::unit) fn path(path: &Path) -> Result<String, Error> {
    let text = plain(path.as_os_str(), &[], Target::Logrotate)?;
    if is_harmless(text.as_bytes()) {
        return Ok(text.to_owned());
    }
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '*' | '?' | '[' => quoted.extend(['[', character, ']']),
            '"' => quoted.push_str("\\\""),
            // Once for the quotes, once for the pattern.
            '\\' => quoted.push_str("\\\\\\\\"),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    Ok(quoted)
}
