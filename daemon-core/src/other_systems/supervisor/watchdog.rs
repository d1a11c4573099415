//! The watchdog of a supervisor: there is none.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// The watchdog of the supervisor that started this process: none on this system, which is not
/// Unix.
pub fn watchdog() -> Option<Watchdog> {
    None
}

/// A supervisor that watches. There is none on this system, which is not Unix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watchdog(Infallible);

impl Watchdog {
    /// How long the supervisor waits for a sign of life.
    pub fn interval(&self) -> Duration {
        match self.0 {}
    }

    /// Gives a sign of life.
    pub fn alive(&self) {
        match self.0 {}
    }

    /// Signs of life for async programs.
    ///
    /// # Errors
    ///
    /// None.
    pub fn heartbeat(&self) -> io::Result<Heartbeat> {
        match self.0 {}
    }
}

/// The future of [`Watchdog::heartbeat`].
#[derive(Debug)]
#[must_use = "it gives a sign of life only where it is polled, as a task for example"]
pub struct Heartbeat(Infallible);

impl Future for Heartbeat {
    type Output = Infallible;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Infallible> {
        match self.0 {}
    }
}
