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

/// The supervisor of a program, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Supervisor {
    Nobody,
    /// The program or the environment chose the mode, and nobody looked further.
    NotLookedFor,
    /// The engine of a container, whose process 1 it is, or below whose init it is.
    Container,
    Systemd,
    /// Somebody who waits at NOTIFY_SOCKET.
    NotifySocket,
    /// Somebody who passes sockets, by LISTEN_PID.
    Sockets,
    Launchd,
    Supervisord,
    Runit,
    S6,
    Daemontools,
    Openrc,
    /// Another program that restarts others, which is its parent.
    Another,
    /// Process 1, by its inittab(5).
    Init,
    Inetd,
    /// Its parent cannot be seen.
    Hidden,
}

/// The words for them, in the state of the daemon.
const WORDS: [(Supervisor, &str); 16] = [
    (Supervisor::Nobody, "nobody"),
    (Supervisor::NotLookedFor, "not-looked-for"),
    (Supervisor::Container, "container"),
    (Supervisor::Systemd, "systemd"),
    (Supervisor::NotifySocket, "notify-socket"),
    (Supervisor::Sockets, "sockets"),
    (Supervisor::Launchd, "launchd"),
    (Supervisor::Supervisord, "supervisord"),
    (Supervisor::Runit, "runit"),
    (Supervisor::S6, "s6"),
    (Supervisor::Daemontools, "daemontools"),
    (Supervisor::Openrc, "openrc"),
    (Supervisor::Another, "another"),
    (Supervisor::Init, "init"),
    (Supervisor::Inetd, "inetd"),
    (Supervisor::Hidden, "hidden"),
];

impl Supervisor {
    /// The word for it, in the state of the daemon.
    pub(crate) fn word(self) -> &'static str {
        WORDS.iter().find(|(supervisor, _)| *supervisor == self).map_or("", |(_, word)| word)
    }

    /// The supervisor of this word.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        WORDS.iter().find(|(_, known)| *known == word).map(|(supervisor, _)| *supervisor)
    }

    /// The supervisor whose process has this name.
    pub(crate) fn of_name(name: &str) -> Self {
        match name {
            "launchd" => Supervisor::Launchd,
            "supervisord" => Supervisor::Supervisord,
            "runsv" => Supervisor::Runit,
            "s6-supervise" => Supervisor::S6,
            "supervise" => Supervisor::Daemontools,
            "supervise-daemo" => Supervisor::Openrc,
            "conmon" | "containerd-shim" => Supervisor::Container,
            _ => Supervisor::Another,
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
    /// [`Supervisor::Systemd`] if systemd started this very process, so that the places it names are
    /// meant for us.
    supervisor: Supervisor,
}

impl Decision {
    /// `mode` is not [`Mode::Auto`].
    pub(crate) fn new(mode: Mode, why: impl Into<String>, supervisor: Supervisor) -> Self {
        Decision { mode, why: why.into(), supervisor }
    }

    /// That the program is an ordinary one.
    pub(crate) fn off(why: impl Into<String>) -> Self {
        Decision { mode: Mode::Off, why: why.into(), supervisor: Supervisor::NotLookedFor }
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
        self.supervisor == Supervisor::Systemd
    }

    pub(crate) fn supervisor(&self) -> Supervisor {
        self.supervisor
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
