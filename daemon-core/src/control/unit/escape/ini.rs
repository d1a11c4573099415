//! Files of supervisord, which Python's configparser and shlex read, and in which `%` begins an
//! expression; see "Program Section Settings" in its documentation.

use std::ffi::OsString;

use crate::config::verb::Target;
use crate::control::unit::escape::{is_harmless, plain};
use crate::error::Error;

/// A command line.
pub(in crate::control::unit) fn command(words: &[OsString]) -> Result<String, Error> {
    let words: Result<Vec<_>, _> =
        words.iter().map(|argument| plain(argument, &[], Target::Supervisord).map(word)).collect();
    Ok(words?.join(" "))
}

fn word(word: &str) -> String {
    if is_harmless(word.as_bytes()) {
        return word.to_owned();
    }
    let mut quoted = String::from("'");
    for character in word.chars() {
        match character {
            '\'' => quoted.push_str("'\"'\"'"),
            '%' => quoted.push_str("%%"),
            // Behind white space either begins a comment, in quotes too.
            ';' | '#' => quoted.extend(['\'', '\'', character]),
            _ => quoted.push(character),
        }
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_begins_a_comment_or_an_expression() {
        let words = ["/b/e", "a b", "", "5%", "it's", "a ;b #c"].map(OsString::from);
        let said = [r#"/b/e 'a b' '' '5%%' 'it'"'"'s' "#, "'a '';b '", "'#c'"].concat();
        assert_eq!(command(&words).ok(), Some(said));
        assert!(command(&["a\nb".into()]).is_err());
    }
}
