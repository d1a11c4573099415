//! The checks of option values, at compile time.
//!
//! The macro has already checked values that are a single literal, with better messages; these
//! functions check other constant expressions. A panic in a constant is a compile error, and
//! `#[track_caller]` puts it under the user's expression.

use std::time::Duration;

use crate::config::Mode;
use crate::config::rules::{self, Checked};
use crate::process::identity::account::{Group, User};
use crate::process::limits::Limit;

/// `start_timeout = never`.
pub const NEVER: Option<Duration> = None;

/// `no_new_privs`.
pub const NO_NEW_PRIVS: bool = true;

/// `limits(… = unlimited)`.
pub const UNLIMITED: u64 = Limit::UNLIMITED.soft;

/// Fails to compile if a value breaks its rule.
#[track_caller]
const fn hold(checked: Checked) {
    if let Err(wrong) = checked {
        panic!("{}", wrong);
    }
}

/// `umask`.
#[track_caller]
pub const fn umask(mask: u32) -> u32 {
    hold(rules::umask(mask));
    mask
}

/// `start_timeout`.
#[track_caller]
pub const fn seconds(seconds: u64) -> Duration {
    let limit = Duration::from_secs(seconds);
    hold(rules::start_timeout(limit));
    limit
}

/// `notification_fd`.
#[track_caller]
pub const fn descriptor(number: i32) -> i32 {
    hold(rules::descriptor(number));
    number
}

/// `mode`.
pub const fn mode(mode: Mode) -> Mode {
    mode
}

/// `name`.
#[track_caller]
pub const fn name(name: &str) -> &str {
    hold(rules::name(name));
    name
}

/// `pidfile`, `stdout`, `stderr`.
#[track_caller]
pub const fn file(path: &str) -> &str {
    hold(rules::file(path.as_bytes()));
    path
}

/// `chdir`.
#[track_caller]
pub const fn directory(path: &str) -> &str {
    hold(rules::directory(path.as_bytes()));
    path
}

/// `chroot`.
#[track_caller]
pub const fn root(path: &str) -> &str {
    hold(rules::root(path.as_bytes()));
    path
}

/// The value of `user` or `group`, of either type that they take. A constant must state its type:
/// [`Value::name_or_number`] gives both the same one.
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
    hold(match account {
        NameOrNumber::Name(name) => rules::account_name(name),
        NameOrNumber::Number(id) => rules::account_id(id),
    });
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

/// One number for the soft and the hard limit.
pub const fn limit(limit: u64) -> u64 {
    limit
}

/// The soft and the hard limit.
#[track_caller]
pub const fn soft_and_hard(pair: (u64, u64)) -> (u64, u64) {
    hold(rules::soft_and_hard(pair.0, pair.1));
    pair
}
