//! Scripts of the shell; see "Quoting" in sh(1).

use std::ffi::OsStr;
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use crate::control::unit::escape::is_harmless;

/// A command line.
pub(in crate::control::unit) fn command(words: &[OsString]) -> String {
    words.iter().map(|argument| word(argument)).collect::<Vec<_>>().join(" ")
}

/// A command line that the shell reads twice, as rc.subr(8) and OpenRC have it.
pub(in crate::control::unit) fn command_read_twice(words: &[OsString]) -> String {
    word(OsStr::new(&command(words)))
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

    use property::check;
    use property::proptest::collection::vec;

    use super::*;

    /// Takes a word as the shell reads it, in the forms that are written here. No shell is run: a
    /// process would hold the descriptors of other tests open for a moment.
    fn read_word(script: &mut &[u8]) -> Vec<u8> {
        let mut word = Vec::new();
        while let Some(first) = script.first().copied().filter(|byte| *byte != b' ') {
            *script = &script[1..];
            match first {
                b'\'' => {
                    let end = script.iter().position(|byte| *byte == b'\'').expect("a quote");
                    word.extend_from_slice(&script[..end]);
                    *script = &script[end + 1..];
                }
                b'\\' => {
                    word.push(script[0]);
                    *script = &script[1..];
                }
                b'"' => {
                    *script = script.strip_prefix(b"$(printf '").expect("printf(1)");
                    while let Some(octal) = script.strip_prefix(b"\\") {
                        let digits = std::str::from_utf8(&octal[..3]).expect("three digits");
                        word.push(u8::from_str_radix(digits, 8).expect("octal digits"));
                        *script = &octal[3..];
                    }
                    *script = script.strip_prefix(b"')\"").expect("its end");
                }
                plain => {
                    assert!(is_harmless(&[plain]), "{plain}");
                    word.push(plain);
                }
            }
        }
        word
    }

    #[test]
    fn the_shell_reads_each_word_as_it_is() {
        check(
            1000,
            || vec(vec(1_u8..=255, 0..20), 1..20),
            |words| {
                let words: Vec<_> = words.into_iter().map(OsString::from_vec).collect();
                let script = command(&words);
                let mut rest = script.as_bytes();
                for (index, word) in words.iter().enumerate() {
                    if index > 0 {
                        rest = rest.strip_prefix(b" ").expect("a space");
                    }
                    assert_eq!(read_word(&mut rest), word.as_bytes(), "{script}");
                }
                assert_eq!(rest, b"");
            },
        );
    }
}
