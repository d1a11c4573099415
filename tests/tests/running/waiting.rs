//! A program in the foreground that asks for its stop, and waits for it.

use daemon_tests::{Running, Sandbox, Start, fixture};

/// A start of the fixture `reloads`, which takes these steps.
pub(crate) fn start<'a>(sandbox: &'a Sandbox, words: &[&str]) -> Start<'a> {
    sandbox.start(fixture!("reloads")).arg("mode=foreground").args(words)
}

/// Starts it, and gives it when it is ready and waits for its stop.
pub(crate) fn until_it_waits(start: Start<'_>) -> Running<'_> {
    let mut running = start.args(["notify", "say:waits", "stop"]).spawn();
    running.wait_for_text("waits");
    running
}

/// One that has taken these steps, is ready, and waits for its stop.
pub(crate) fn waits<'a>(sandbox: &'a Sandbox, words: &[&str]) -> Running<'a> {
    until_it_waits(start(sandbox, words))
}
