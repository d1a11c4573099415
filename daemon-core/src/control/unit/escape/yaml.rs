//! Manifests of Kubernetes, which are YAML, and in whose commands `$(NAME)` is a variable.

use std::ffi::{OsStr, OsString};
use std::fmt::Write;

use crate::config::verb::Target;
use crate::control::unit::escape::text;
use crate::error::Error;

/// A command, as a list of strings.
pub(in crate::control::unit) fn command(words: &[OsString]) -> Result<String, Error> {
    let words: Result<Vec<_>, _> = words
        .iter()
        .map(|word| text(word, Target::Kubernetes).map(|text| string(&text.replace('$', "$$"))))
        .collect();
    Ok(format!("[{}]", words?.join(", ")))
}

/// A path.
pub(in crate::control::unit) fn path(path: &OsStr) -> Result<String, Error> {
    text(path, Target::Kubernetes).map(string)
}

/// A string in double quotes.
pub(in crate::control::unit) fn string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            ' '..='~' => quoted.push(character),
            // Some of the others are not printable in YAML, and some end a line.
            _ => write!(quoted, "\\U{:08x}", u32::from(character)).expect("a string takes all"),
        }
    }
    quoted.push('"');
    quoted
}
