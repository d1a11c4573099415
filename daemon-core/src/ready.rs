//! [`Ready`]: how the body says that the start is over.

use std::fmt::Display;

/// Says that the daemon is ready, which is what the command that started it waits for.
///
/// There is one for each process. It may be sent to another thread.
#[derive(Debug)]
#[must_use = "the start fails if `Ready` is dropped before `notify` is called"]
pub struct Ready {}

impl Ready {
    pub(crate) fn foreground() -> Self {
        Ready {}
    }

    /// One that tells nobody, for tests of a function that wants a `Ready`.
    pub fn detached() -> Self {
        Ready {}
    }

    /// Shows how far the start is on the terminal of the waiting command.
    pub fn status(&self, message: impl Display) {
        let _ = message.to_string();
    }

    /// The daemon is ready: the command returns with exit status 0.
    pub fn notify(self) {}

    /// The daemon is ready: the command says `message` and returns with exit status 0.
    pub fn notify_with(self, message: impl Display) {
        let _ = message.to_string();
    }
}
