//! The checks of option values, at compile time.
//!
//! The macro has already checked values that are a single literal, with better messages; these
//! functions check other constant expressions. A panic in a constant is a compile error, and
//! `#[track_caller]` puts it under the user's expression.

use std::time::Duration;

use crate::config::Mode;
use crate::config::rules::{self, Checked};
use crate::config::umask::Umask;
use crate::expansion::values::Constant;
use crate::process::limits::Limit;

/// `start_timeout = never`, `stop_timeout = never`.
pub const NEVER: Duration = Duration::MAX;

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

/// The module of the attribute's `main`: what is called from elsewhere is not the entry of the
/// program, so descriptors may have owners already.
#[track_caller]
pub const fn in_root(module_path: &str) {
    let path = module_path.as_bytes();
    let mut index = 0;
    while index < path.len() {
        assert!(
            path[index] != b':',
            "`#[daemon::main]` goes on the program's own `main`, not in a module"
        );
        index += 1;
    }
}

/// `umask`.
#[track_caller]
pub const fn umask(value: Constant<Umask>) -> Constant<Umask> {
    if let Constant::Number(mask) | Constant::Own(Umask::Mask(mask)) = &value {
        hold(rules::umask(*mask));
    }
    value
}

/// `start_timeout`, `stop_timeout`.
#[track_caller]
pub const fn seconds(seconds: u64) -> Duration {
    let limit = Duration::from_secs(seconds);
    hold(rules::timeout(limit));
    limit
}

/// `stop_delay`.
pub const fn delay(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
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
pub const fn file<T>(value: Constant<T>) -> Constant<T> {
    if let Constant::Text(path) = &value {
        hold(rules::file(path.as_bytes()));
    }
    value
}

/// `chdir`.
#[track_caller]
pub const fn directory<T>(value: Constant<T>) -> Constant<T> {
    if let Constant::Text(path) = &value {
        hold(rules::directory(path.as_bytes()));
    }
    value
}

/// `chroot`.
#[track_caller]
pub const fn root(path: &str) -> &str {
    hold(rules::root(path.as_bytes()));
    path
}

/// `control`.
#[track_caller]
pub const fn word(word: &str) -> &str {
    hold(rules::word(word));
    word
}

/// `user`, `group`.
#[track_caller]
pub const fn account<T>(value: Constant<T>) -> Constant<T> {
    hold(match &value {
        Constant::Text(name) => rules::account_name(name),
        Constant::Number(id) => rules::account_id(*id),
        Constant::Own(_) => Ok(()),
    });
    value
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
