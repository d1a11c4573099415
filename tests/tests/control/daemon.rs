//! A daemon in the background, and verbs on it.

use daemon_tests::{PIDFILE, Process, Sandbox, Start, fixture};

/// A start of the fixture `reloads`, which takes these steps once it is ready.
pub(crate) fn start<'a>(sandbox: &'a Sandbox, steps: &[&str]) -> Start<'a> {
    sandbox.start(fixture!("reloads")).arg("mode=background").args(steps)
}

/// One that is ready.
pub(crate) fn runs(sandbox: &Sandbox, steps: &[&str]) -> Process {
    start(sandbox, steps).arg("stop").run().expect_code(0);
    sandbox.process_in(PIDFILE)
}

/// A verb on it.
pub(crate) fn verb<'a>(sandbox: &'a Sandbox, words: &[&str]) -> Start<'a> {
    sandbox.start(fixture!("reloads")).arg("daemon").args(words)
}
