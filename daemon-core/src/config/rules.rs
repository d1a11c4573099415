//! The form of each option's value: one rule each, for the compiler and for the start. The macro is
//! tested against them.
//!
//! An error says what is wrong, in words that follow the value: "must be at most 0o777".

use std::time::Duration;

use crate::process::identity::account::UNCHANGED;
use crate::process::limits::Limit;

/// `Err` says what is wrong.
pub type Checked = Result<(), &'static str>;

const EMPTY: Checked = Err("must not be empty");
const NUL: Checked = Err("must not contain a NUL byte");

/// `name`: it is part of file names, and precedes each message on a terminal.
pub const fn name(name: &str) -> Checked {
    let bytes = name.as_bytes();
    if bytes.is_empty() {
        EMPTY
    } else if contains(bytes, b'\0') {
        NUL
    } else if contains(bytes, b'/') {
        Err("must not contain a `/`: it names files in the usual places")
    } else if matches!(bytes, b"." | b"..") {
        Err("must not be `.` or `..`")
    } else if has_control_character(name) {
        Err("must not contain control characters: it is shown on terminals")
    } else {
        Ok(())
    }
}

/// `umask`.
pub const fn umask(mask: u32) -> Checked {
    if mask > 0o777 { Err("must be at most 0o777") } else { Ok(()) }
}

/// `pidfile`, `stdout`, `stderr`: the path of a file.
pub const fn file(path: &[u8]) -> Checked {
    if let Err(wrong) = directory(path) {
        return Err(wrong);
    }
    match last_name(path) {
        b"" if root(path).is_ok() => Err("names a directory: drop the final `/`"),
        b"" | b"." | b".." => Err("names a directory: name a file in it"),
        _ => Ok(()),
    }
}

/// `chdir`: the path of a directory.
pub const fn directory(path: &[u8]) -> Checked {
    if path.is_empty() {
        EMPTY
    } else if contains(path, b'\0') {
        NUL
    } else if path[0] != b'/' {
        Err("must be absolute, because a daemon runs in `/`")
    } else {
        Ok(())
    }
}

/// `chroot`: the path of a directory other than `/`.
pub const fn root(path: &[u8]) -> Checked {
    if let Err(wrong) = directory(path) {
        return Err(wrong);
    }
    let mut index = 0;
    while index < path.len() {
        if path[index] != b'/' {
            return Ok(());
        }
        index += 1;
    }
    Err("is the root directory already: leave `chroot` out")
}

/// `start_timeout`, `stop_timeout`.
pub const fn timeout(limit: Duration) -> Checked {
    if limit.is_zero() { Err("must be at least 1: `never` waits for ever") } else { Ok(()) }
}

/// `notification_fd`.
pub const fn descriptor(number: i32) -> Checked {
    if number > 2 {
        Ok(())
    } else {
        Err("must be at least 3: 0 to 2 are standard input, output and error")
    }
}

/// `user` and `group` by name. Only the databases know whether the name exists.
pub const fn account_name(name: &str) -> Checked {
    let bytes = name.as_bytes();
    if bytes.is_empty() {
        return EMPTY;
    }
    if contains(bytes, b'\0') {
        return NUL;
    }
    let mut index = 0;
    while index < bytes.len() {
        if matches!(bytes[index], b':' | b'/') || bytes[index].is_ascii_whitespace() {
            return Err("a name contains no `:`, no `/` and no white space");
        }
        index += 1;
    }
    Ok(())
}

/// `user` and `group` by number.
pub const fn account_id(id: u32) -> Checked {
    if id == UNCHANGED {
        Err("must be at most 4294967294: 4294967295 means \"unchanged\" to the kernel")
    } else {
        Ok(())
    }
}

/// `control`: a word on the command line.
pub const fn word(word: &str) -> Checked {
    let bytes = word.as_bytes();
    if bytes.is_empty() {
        return EMPTY;
    }
    if bytes[0] == b'-' {
        return Err("must not begin with `-`: that is a flag");
    }
    if contains_white_space(bytes) || has_control_character(word) {
        return Err("must be one word, without white space");
    }
    Ok(())
}

/// `limits`: a pair.
pub const fn soft_and_hard(soft: u64, hard: u64) -> Checked {
    if (Limit { soft, hard }).is_ordered() {
        Ok(())
    } else {
        Err("the soft limit, which comes first, must not be above the hard limit")
    }
}

const fn contains_white_space(bytes: &[u8]) -> bool {
    let mut index = 0;
    while index < bytes.len() {
        if bytes[index].is_ascii_whitespace() {
            return true;
        }
        index += 1;
    }
    false
}

const fn contains(bytes: &[u8], byte: u8) -> bool {
    let mut index = 0;
    while index < bytes.len() {
        if bytes[index] == byte {
            return true;
        }
        index += 1;
    }
    false
}

/// The same as `char::is_control`, which is not a `const fn`: below U+0020, and U+007F to U+009F.
const fn has_control_character(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        let is_c1 = bytes[index] == 0xc2 && bytes[index + 1] <= 0x9f;
        if bytes[index] < 0x20 || bytes[index] == 0x7f || is_c1 {
            return true;
        }
        index += 1;
    }
    false
}

/// The part after the last `/`.
const fn last_name(path: &[u8]) -> &[u8] {
    let mut start = path.len();
    while start > 0 && path[start - 1] != b'/' {
        start -= 1;
    }
    path.split_at(start).1
}

#[cfg(test)]
mod tests {
    use super::{file, has_control_character, name};

    #[test]
    fn control_characters_are_those_of_the_standard_library() {
        for character in '\0'..='\u{2ff}' {
            let text = format!("a{character}b");
            assert_eq!(has_control_character(&text), character.is_control(), "{character:?}");
        }
        assert_eq!(name("bäckerei"), Ok(()));
    }

    #[test]
    fn a_file_has_a_name_of_its_own() {
        assert_eq!(file(b"/run/echod.pid"), Ok(()));
        assert_eq!(file(b"/run/..pid"), Ok(()));
        for directory in [&b"/"[..], b"/run/", b"/run/.", b"/run/.."] {
            assert!(file(directory).is_err_and(|wrong| wrong.starts_with("names a directory")));
        }
    }
}
