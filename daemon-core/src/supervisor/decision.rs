//! The decision between background and foreground, and its reason.

use std::fmt;

use crate::config::Mode;

/// The outcome of a [`Mode`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decided {
    Background,
    Foreground,
}

/// Whether this process goes to the background or stays in the foreground, and why: see
/// [`mode()`](crate::mode()).
///
/// Displayed like this: `foreground: its parent is runsv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    decided: Decided,
    why: String,
    /// Whether systemd started this very process, so that the places it names are meant for us.
    started_by_systemd: bool,
}

impl Decision {
    pub(crate) fn new(decided: Decided, why: impl Into<String>, started_by_systemd: bool) -> Self {
        Decision { decided, why: why.into(), started_by_systemd }
    }

    /// [`Mode::Background`] or [`Mode::Foreground`].
    pub fn mode(&self) -> Mode {
        match self.decided {
            Decided::Background => Mode::Background,
            Decided::Foreground => Mode::Foreground,
        }
    }

    /// Whether it is [`Mode::Background`].
    pub fn is_background(&self) -> bool {
        self.decided == Decided::Background
    }

    /// The reason, in words: `its parent is runsv`.
    pub fn why(&self) -> &str {
        &self.why
    }

    pub(crate) fn decided(&self) -> Decided {
        self.decided
    }

    pub(crate) fn started_by_systemd(&self) -> bool {
        self.started_by_systemd
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.decided {
            Decided::Background => "background",
            Decided::Foreground => "foreground",
        };
        write!(f, "{mode}: {}", self.why)
    }
}
