//! The fixture `does_as_told`, a daemon that takes the steps which its arguments name.

use std::ffi::OsString;

use crate::{NotifySocket, Sandbox, Start, program};

/// A start of the fixture `does_as_told` with these options and steps:
/// `told(&sandbox, ["status:opening", "wait:go", "notify"])`. Its sources list them.
pub fn told<'a>(
    sandbox: &'a Sandbox,
    words: impl IntoIterator<Item = impl Into<OsString>>,
) -> Start<'a> {
    sandbox.start(program::fixture("does_as_told")).args(words)
}

/// A start of a daemon that is ready at once and stays, in the background whatever the
/// surroundings.
pub fn stays(sandbox: &Sandbox) -> Start<'_> {
    told(sandbox, ["mode=background", "notify"])
}

/// Does this with a start in the background of each kind: the command waits itself, or, because a
/// supervisor wants to hear of the start, the intermediate process stays and waits in its place.
pub fn in_both_ways(words: &[&str], test: impl Fn(&Sandbox, Start<'_>, &NotifySocket)) {
    for is_supervised in [false, true] {
        let sandbox = Sandbox::new();
        let supervisor = NotifySocket::bind(&sandbox);
        let start = told(&sandbox, ["mode=background"]).args(words);
        if is_supervised {
            test(&sandbox, start.env("NOTIFY_SOCKET", supervisor.address()), &supervisor);
        } else {
            test(&sandbox, start, &supervisor);
        }
    }
}
