//! How often something is done: a few times by default, and as often as a variable says in a long run.

use std::env;

pub(crate) fn repeated(variable: &str, by_default: u32) -> u32 {
    let Ok(value) = env::var(variable) else { return by_default };
    value.parse().unwrap_or_else(|_| panic!("{variable} is a number, not {value:?}"))
}
