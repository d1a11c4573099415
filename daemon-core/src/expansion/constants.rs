//! The checks of option values, at compile time.
//!
//! A value that is one literal was checked by the macro already, with a better text; these see
//! the other constant expressions. A panic in a constant is a compile error, and
//! `#[track_caller]` puts it under the user's expression.

use std::time::Duration;

use crate::config::Mode;

/// `start_timeout = never`.
pub const NEVER: Option<Duration> = None;

/// `umask`.
#[track_caller]
pub const fn umask(mask: u32) -> u32 {
    assert!(mask <= 0o777, "must be at most 0o777");
    mask
}

/// `start_timeout`.
#[track_caller]
pub const fn seconds(seconds: u64) -> Duration {
    assert!(seconds != 0, "must be at least 1: `never` waits for ever");
    Duration::from_secs(seconds)
}

/// `mode`.
pub const fn mode(mode: Mode) -> Mode {
    mode
}

/// `name`.
#[track_caller]
pub const fn name(name: &str) -> &str {
    assert!(!name.is_empty(), "must not be empty");
    assert!(!contains(name, b'\0'), "must not contain a NUL byte");
    assert!(!contains(name, b'/'), "must not contain a `/`: it names files in the usual places");
    assert!(!matches!(name.as_bytes(), b"." | b".."), "must not be `.` or `..`");
    name
}

/// `pidfile`, `stdout`, `stderr`.
#[track_caller]
pub const fn file(path: &str) -> &str {
    let path = directory(path);
    assert!(path.as_bytes()[path.len() - 1] != b'/', "names a directory: drop the final `/`");
    path
}

/// `chdir`.
#[track_caller]
pub const fn directory(path: &str) -> &str {
    assert!(!path.is_empty(), "must not be empty");
    assert!(!contains(path, b'\0'), "must not contain a NUL byte");
    assert!(path.as_bytes()[0] == b'/', "must be absolute, because a daemon runs in `/`");
    path
}

const fn contains(text: &str, byte: u8) -> bool {
    let bytes = text.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        if bytes[index] == byte {
            return true;
        }
        index += 1;
    }
    false
}
