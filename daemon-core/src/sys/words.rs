//! Words of a command line, in which every byte may be: see [`std::ffi::OsStr`].

use std::ffi::OsStr;

/// What is before and behind the first `=`, if there is one.
pub(crate) fn divide_at_equals_sign(word: &OsStr) -> Option<(&OsStr, &OsStr)> {
    let bytes = word.as_encoded_bytes();
    let at = bytes.iter().position(|byte| *byte == b'=')?;
    // SAFETY: they come from a word that was divided before and behind an ASCII character, which the
    // documentation of this function allows.
    let part = |bytes| unsafe { OsStr::from_encoded_bytes_unchecked(bytes) };
    Some((part(&bytes[..at]), part(&bytes[at + 1..])))
}
