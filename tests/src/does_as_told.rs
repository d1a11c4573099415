//! The fixture `does_as_told`, a daemon that takes the steps which its arguments name.

use std::ffi::OsString;

use crate::{Sandbox, Start, program};

/// A start of the fixture `does_as_told` with these options and steps:
/// `told(&sandbox, ["status:opening", "wait:go", "notify"])`. Its sources list them.
pub fn told<'a>(
    sandbox: &'a Sandbox,
    words: impl IntoIterator<Item = impl Into<OsString>>,
) -> Start<'a> {
    sandbox.start(program::fixture("does_as_told")).args(words)
}

/// A start of a daemon that is ready at once and stays, in the background whatever the surroundings.
pub fn stays(sandbox: &Sandbox) -> Start<'_> {
    told(sandbox, ["mode=background", "notify"])
}
