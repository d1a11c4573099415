//! Scripts of the shell; see "Quoting" in sh(1).

use std::ffi::OsStr;
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use crate::control::unit::escape::is_harmless;

/// A command line.
pub(in crate::control::unit) fn command(words: &[OsString]) -> String {
    words.iter().map(|argument| word(argument)).collect::<Vec<_>>().join(" ")
}

/// A word, in single quotes where it needs them. What is not UTF-8, and so cannot be in the file, is
/// made by printf(1).
pub(in crate::control::unit) fn word(word: &OsStr) -> String {
    let bytes = word.as_bytes();
    // An assignment, if it were the first word.
    if is_harmless(bytes) && !bytes.contains(&b'=') {
        return word.to_string_lossy().into_owned();
    }
    if bytes.is_empty() {
        return "''".to_owned();
    }
    let mut quoted = String::new();
    for chunk in bytes.utf8_chunks() {
        if !chunk.valid().is_empty() {
            quoted.push_str(&format!("'{}'", chunk.valid().replace('\'', "'\\''")));
        }
        if !chunk.invalid().is_empty() {
            let octal: String =
                chunk.invalid().iter().map(|byte| format!("\\{byte:03o}")).collect();
            quoted.push_str(&format!("\"$(printf '{octal}')\""));
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;
    use std::process::Command;

    use property::check;
    use property::proptest::collection::vec;

    use super::*;

    #[test]
    fn the_shell_reads_each_word_as_it_is() {
        check(
            100,
            || vec(vec(1_u8..=255, 0..20), 1..20),
            |words| {
                let words: Vec<_> = words.into_iter().map(OsString::from_vec).collect();
                let script = format!("printf '%s\\0' {}", command(&words));
                let printed = Command::new("sh").args(["-c", &script]).output().expect("sh").stdout;
                let expected: Vec<u8> =
                    words.iter().flat_map(|word| [word.as_bytes(), b"\0"].concat()).collect();
                assert_eq!(printed, expected, "{script}");
            },
        );
    }
}
