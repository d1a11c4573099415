//! Whether a literal is held to the rules that the library has for constants and at the start, and
//! refused in the same words.

use std::time::Duration;

use daemon::main::rules;
use property::check;
use property::proptest::prelude::{any, prop_oneof};
use quote::ToTokens;

use crate::literal;
use crate::options::OPTIONS;

/// What the macro finds wrong with this value of an option.
fn found(option: &str, value: impl ToTokens) -> Result<(), String> {
    let option = OPTIONS.find(option).expect("an option");
    literal::check(option, &value.into_token_stream()).map_err(|mistake| mistake.to_string())
}

#[track_caller]
fn assert_same(option: &str, value: impl ToTokens + Clone, rule: rules::Checked) {
    let text = value.to_token_stream();
    assert_eq!(found(option, value), rule.map_err(str::to_owned), "{option} = {text}");
}

const TEXTS: &[&str] = &[
    "",
    "echod",
    "e\tchod",
    "e\u{85}",
    "bäckerei",
    "a/b",
    ".",
    "..",
    "a\0",
    "/",
    "//",
    "/.",
    "/..",
    "/run/",
    "/run/.",
    "/run/..",
    "/run/..a",
    "/run/echod.pid",
    "run/echod.pid",
    "/run/\0",
    "a:b",
    "a b",
    "www-data",
    "~/x",
];

#[track_caller]
fn assert_same_for_each_option(text: &str) {
    let bytes = text.as_bytes();
    assert_same("name", text, rules::name(text));
    assert_same("control", text, rules::word(text));
    assert_same("group", text, rules::account_name(text));
    // Of `user:group` the macro says how to write it, and of `~` that it is not expanded.
    if !text.contains(':') {
        assert_same("user", text, rules::account_name(text));
    }
    if text.starts_with('~') {
        return;
    }
    for option in ["pidfile", "stdout", "stderr"] {
        assert_same(option, text, rules::file(bytes));
    }
    assert_same("chdir", text, rules::directory(bytes));
    assert_same("chroot", text, rules::root(bytes));
}

#[test]
fn texts() {
    TEXTS.iter().for_each(|text| assert_same_for_each_option(text));
}

#[test]
fn any_text() {
    let texts = || prop_oneof![any::<String>(), "/?[/. a:ä\\x00\\u{85}\u{7f}-]{0,6}"];
    check(3000, texts, |text| assert_same_for_each_option(&text));
}

#[test]
fn any_number() {
    check(500, any::<(i32, u32, u64)>, |(number, id, seconds)| {
        if number >= 0 {
            assert_same("notification_fd", number, rules::descriptor(number));
        }
        assert_same("user", id, rules::account_id(id));
        assert_same("start_timeout", seconds, rules::timeout(Duration::from_secs(seconds)));
    });
}

#[test]
fn numbers() {
    for seconds in [0_u64, 1, u64::MAX] {
        let limit = Duration::from_secs(seconds);
        assert_same("start_timeout", seconds, rules::timeout(limit));
    }
    for number in [0_i32, 1, 2, 3, i32::MAX] {
        assert_same("notification_fd", number, rules::descriptor(number));
    }
    for id in [0_u32, u32::MAX - 1, u32::MAX] {
        assert_same("user", id, rules::account_id(id));
        assert_same("group", id, rules::account_id(id));
    }
    for mask in [0o1_u32, 0o777, 0o1000] {
        let octal: proc_macro2::Literal = format!("{mask:#o}").parse().expect("a literal");
        assert_same("umask", octal, rules::umask(mask));
    }
}
