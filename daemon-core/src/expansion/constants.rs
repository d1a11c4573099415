//! The checks of option values, at compile time.
//!
//! A value that is one literal was checked by the macro already, with a better text; these see
//! the other constant expressions. A panic in a constant is a compile error, and
//! `#[track_caller]` puts it under the user's expression.

use std::os::fd::RawFd;
use std::time::Duration;

use crate::config::Mode;
use crate::process::identity::account::{Group, User};
use crate::process::limits::Limit;

/// `start_timeout = never`.
pub const NEVER: Option<Duration> = None;

/// `no_new_privs`.
pub const NO_NEW_PRIVS: bool = true;

/// `limits(… = unlimited)`.
pub const UNLIMITED: u64 = Limit::UNLIMITED.soft;

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

/// `notification_fd`.
#[track_caller]
pub const fn descriptor(number: RawFd) -> RawFd {
    assert!(number > 2, "must be at least 3: 0 to 2 are standard input, output and error");
    number
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

/// `chroot`.
#[track_caller]
pub const fn root(path: &str) -> &str {
    let bytes = directory(path).as_bytes();
    let mut index = 0;
    while index < bytes.len() && bytes[index] == b'/' {
        index += 1;
    }
    assert!(index < bytes.len(), "is the root directory already: leave `chroot` out");
    path
}

/// The value of `user` or `group`: of either type that they take. A constant has to say its type,
/// and its value knows it: [`Value::name_or_number`] is the one of that type.
#[derive(Debug)]
pub struct Value<T>(pub T);

impl Value<&'static str> {
    /// By name.
    pub const fn name_or_number(self) -> NameOrNumber {
        NameOrNumber::Name(self.0)
    }
}

impl Value<u32> {
    /// By number.
    pub const fn name_or_number(self) -> NameOrNumber {
        NameOrNumber::Number(self.0)
    }
}

/// A constant [`User`] or [`Group`].
#[derive(Debug, Clone, Copy)]
pub enum NameOrNumber {
    /// By name.
    Name(&'static str),
    /// By number.
    Number(u32),
}

/// `user`, `group`.
#[track_caller]
pub const fn account(account: NameOrNumber) -> NameOrNumber {
    match account {
        NameOrNumber::Name(name) => {
            assert!(!name.is_empty(), "must not be empty");
            assert!(!contains(name, b'\0'), "must not contain a NUL byte");
            assert!(is_account_name(name), "a name contains no `:`, no `/` and no white space");
        }
        NameOrNumber::Number(id) => assert!(
            id != u32::MAX,
            "must be at most 4294967294: 4294967295 means \"unchanged\" to the kernel"
        ),
    }
    account
}

impl From<NameOrNumber> for User {
    fn from(account: NameOrNumber) -> Self {
        match account {
            NameOrNumber::Name(name) => User::from(name),
            NameOrNumber::Number(id) => User::from(id),
        }
    }
}

impl From<NameOrNumber> for Group {
    fn from(account: NameOrNumber) -> Self {
        match account {
            NameOrNumber::Name(name) => Group::from(name),
            NameOrNumber::Number(id) => Group::from(id),
        }
    }
}

/// A limit that is soft and hard.
pub const fn limit(limit: u64) -> u64 {
    limit
}

/// The soft and the hard limit.
#[track_caller]
pub const fn soft_and_hard(pair: (u64, u64)) -> (u64, u64) {
    assert!(
        pair.0 <= pair.1,
        "the soft limit, which comes first, must not be above the hard limit"
    );
    pair
}

const fn is_account_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        if matches!(bytes[index], b':' | b'/') || bytes[index].is_ascii_whitespace() {
            return false;
        }
        index += 1;
    }
    true
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
