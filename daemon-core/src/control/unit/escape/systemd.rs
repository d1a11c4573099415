//! Units of systemd; see "QUOTING" in systemd.syntax(7), "COMMAND LINES" in systemd.service(5), and
//! "SPECIFIERS" in systemd.unit(5).

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use crate::config::verb::Target;
use crate::control::unit::escape::{is_harmless, plain};
use crate::control::unit::refusals::inexpressible;
use crate::error::Error;

/// A command line, with these prefixes.
pub(in crate::control::unit) fn command(prefix: &str, words: &[OsString]) -> Result<String, Error> {
    let [executable, ..] = words else { return Ok(String::new()) };
    refuse_executable(executable)?;
    // `$$` would be a `$`, but not in the path, where variables are not replaced.
    let has_dollar = words.iter().any(|word| word.as_bytes().contains(&b'$'));
    let literally = if has_dollar { ":" } else { "" };
    let words: Vec<_> = words.iter().map(|argument| word(argument)).collect();
    // The prefixes are part of the first word.
    let command = words.join(" ");
    Ok(match command.strip_prefix('"') {
        Some(rest) => format!("\"{prefix}{literally}{rest}"),
        None => format!("{prefix}{literally}{command}"),
    })
}

/// systemd refuses such a path, however it is written.
fn refuse_executable(path: &OsStr) -> Result<(), Error> {
    let forbidden = |byte: &u8| byte.is_ascii_control() || b"\"'\\`".contains(byte);
    if path.as_bytes().iter().any(forbidden) {
        let what = format!("it runs no program at a path such as {path:?}");
        return Err(inexpressible(Target::Systemd, &what, "install the program elsewhere"));
    }
    Ok(())
}

/// A word of a command line, in which C-style escapes count.
fn word(word: &OsStr) -> String {
    let bytes = word.as_bytes();
    if is_harmless(bytes) {
        return word.to_string_lossy().into_owned();
    }
    let mut quoted = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '"' | '\\' => quoted.extend(['\\', character]),
                '%' => quoted.push_str("%%"),
                '\n' => quoted.push_str("\\n"),
                '\t' => quoted.push_str("\\t"),
                _ if character.is_ascii_control() => push_byte(&mut quoted, character as u8),
                _ => quoted.push(character),
            }
        }
        chunk.invalid().iter().for_each(|byte| push_byte(&mut quoted, *byte));
    }
    quoted.push('"');
    quoted
}

fn push_byte(quoted: &mut String, byte: u8) {
    quoted.push_str(&format!("\\x{byte:02x}"));
}

/// A path in a list of paths, in which escapes like `\n` do not count.
pub(in crate::control::unit) fn path(prefix: &str, path: &OsStr) -> Result<String, Error> {
    let text = plain(path, &[], Target::Systemd)?;
    if is_harmless(path.as_bytes()) {
        return Ok(format!("{prefix}{text}"));
    }
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    Ok(format!("\"{prefix}{}\"", percent(&escaped)))
}

/// The name of a directory in a list in which `:` has a meaning of its own.
pub(in crate::control::unit) fn directory(name: &OsStr) -> Result<String, Error> {
    if name.as_bytes().iter().any(|byte| b":\\".contains(byte)) {
        let what = format!("it makes no directory with a name such as {name:?}");
        return Err(inexpressible(Target::Systemd, &what, "choose a `name` without `:` and `\\`"));
    }
    path("", name)
}

/// Text to the end of a line.
pub(in crate::control::unit) fn percent(text: &str) -> String {
    text.replace('%', "%%")
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    #[test]
    fn each_word_stays_itself() {
        let words = ["/b/echod", "a b", "", "50%", "\"'\\", "a\nb\u{1b}", "ü", ";"];
        let mut words: Vec<OsString> = words.map(OsString::from).to_vec();
        words.push(OsString::from_vec(vec![b'x', 0xff]));
        let said = command("", &words).expect("a command");
        assert_eq!(said, r#"/b/echod "a b" "" "50%%" "\"'\\" "a\nb\x1b" "ü" ";" "x\xff""#);
        let words = ["/b ä/e$", "$A"].map(OsString::from);
        assert_eq!(command("+", &words).ok(), Some("\"+:/b ä/e$\" \"$A\"".into()));
        assert!(command("", &["/b\"".into()]).is_err());
    }

    #[test]
    fn a_path_in_a_list_is_one_path() {
        let path = |text| path("-", OsStr::new(text)).ok();
        assert_eq!(path("/a"), Some("-/a".into()));
        assert_eq!(path("/a \"b\" 5%"), Some("\"-/a \\\"b\\\" 5%%\"".into()));
        assert_eq!(path("/a\nb"), None);
        assert_eq!(directory(OsStr::new("a:b")).ok(), None);
    }
}
