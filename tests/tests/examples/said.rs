//! What somebody said, from its beginning or around a piece of it.

#[track_caller]
pub(crate) fn expect_beginning(text: &str, beginning: &str) {
    assert!(text.starts_with(beginning), "{text:?} does not begin with {beginning:?}");
}

#[track_caller]
pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let inner = text.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    inner.unwrap_or_else(|| panic!("{text:?} is not {before:?} … {after:?}"))
}
