//! The decision between background and foreground, and its reason.

use std::fmt;

use crate::config::Mode;

/// What becomes of the process that was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decided {
    Background,
    Foreground,
}

impl From<Decided> for Mode {
    fn from(decided: Decided) -> Self {
        match decided {
            Decided::Background => Mode::Background,
            Decided::Foreground => Mode::Foreground,
        }
    }
}

/// Whether this process goes to the background, stays in the foreground, or is no daemon at all, and
/// why: see [`mode()`](crate::mode()).
///
/// Displayed like this: `foreground: its parent is runsv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Never [`Mode::Auto`].
    mode: Mode,
    why: String,
    /// Whether systemd started this very process, so that the places it names are meant for us.
    started_by_systemd: bool,
}

impl Decision {
    /// `mode` is not [`Mode::Auto`].
    pub(crate) fn new(mode: Mode, why: impl Into<String>, started_by_systemd: bool) -> Self {
        Decision { mode, why: why.into(), started_by_systemd }
    }

    /// That the program is an ordinary one.
    pub(crate) fn off(why: impl Into<String>) -> Self {
        Decision { mode: Mode::Off, why: why.into(), started_by_systemd: false }
    }

    /// [`Mode::Background`], [`Mode::Foreground`] or [`Mode::Off`].
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Whether it is [`Mode::Background`].
    pub fn is_background(&self) -> bool {
        self.mode == Mode::Background
    }

    /// The reason, in words: `its parent is runsv`.
    pub fn why(&self) -> &str {
        &self.why
    }

    pub(crate) fn decided(&self) -> Decided {
        if self.is_background() { Decided::Background } else { Decided::Foreground }
    }

    pub(crate) fn started_by_systemd(&self) -> bool {
        self.started_by_systemd
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.mode {
            Mode::Background => "background",
            Mode::Off => "off",
            Mode::Foreground | Mode::Auto => "foreground",
        };
        write!(f, "{mode}: {}", self.why)
    }
}
