//! [`Ready`] where nobody waits.

use std::fmt::Display;

/// Says that the program is ready. On this system, which is not Unix, nobody waits for that, and it
/// is silent.
#[derive(Debug)]
#[must_use = "on Unix the start fails if `Ready` is dropped before `notify` is called"]
pub struct Ready(());

impl Ready {
    /// A `Ready` that tells nobody, for tests of functions that take one.
    pub fn detached() -> Self {
        Ready(())
    }

    /// Says on Unix how far the start is.
    pub fn status(&self, _: impl Display) {}

    /// Says on Unix that the program is ready.
    pub fn notify(self) {}

    /// Says on Unix that the program is ready, with a message.
    pub fn notify_with(self, _: impl Display) {}
}
