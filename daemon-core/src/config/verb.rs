//! The verbs: the tasks that a program carries out on its daemon.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// A task that a program carries out on its daemon, instead of becoming it.
///
/// With the option `control` the first argument names it; a program that parses its command line
/// itself notes one with [`Config::perform`](crate::Config::perform).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verb {
    /// Starts the daemon, as without a verb. If it runs in the background already, waits until that
    /// one is ready.
    Start,
    /// Ends the running daemon.
    Stop(Stop),
    /// Checks whether a new daemon could start, ends the running one, and starts the new one.
    Restart(Stop),
    /// Makes the running daemon read its configuration again, and waits for its answer.
    Reload {
        /// How long to wait for its answer; `None` means 60 seconds.
        timeout: Option<Duration>,
    },
    /// Says whether the daemon runs, and what it knows of itself.
    Status {
        /// In JSON, for programs.
        json: bool,
        /// Whether a daemon that runs and is not ready yet counts as a failure.
        ready: bool,
    },
    /// Says what a start would do, and everything that would make it fail, without changing anything.
    Check {
        /// In JSON, for programs.
        json: bool,
    },
    /// Prints a file by which another program starts the daemon.
    Unit {
        /// The program that it is for.
        target: Target,
    },
}

/// How [`Verb::Stop`] and [`Verb::Restart`] end the daemon.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stop {
    /// How long to wait for its end; `None` waits for ever.
    pub timeout: Option<Duration>,
    /// Whether to kill it when that time is over.
    pub kill: bool,
    /// Whether to end it even if a supervisor is in charge of it.
    pub anyway: bool,
}

impl Stop {
    /// Waits for ever, kills nothing, and leaves what is supervised to its supervisor.
    pub fn new() -> Self {
        Stop::default()
    }

    /// Sets how long to wait.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// Sets whether to kill it when that time is over.
    pub fn kill(mut self, kill: bool) -> Self {
        self.kill = kill;
        self
    }

    /// Sets whether to end it even if a supervisor is in charge of it.
    pub fn anyway(mut self, anyway: bool) -> Self {
        self.anyway = anyway;
        self
    }
}

/// A program that starts daemons, and the file that it wants; see [`Verb::Unit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Target {
    /// A service of systemd; see systemd.service(5).
    Systemd,
    /// A socket of systemd, for a service that is started by the first connection; see
    /// systemd.socket(5).
    Socket,
    /// A program of supervisord.
    Supervisord,
    /// The file `run` of a service of runit; see runsv(8).
    Runit,
    /// The file `run` of a service of s6, with its `notification-fd` in a comment.
    S6,
    /// A service script of OpenRC; see openrc-run(8).
    Openrc,
    /// A property list of launchd; see launchd.plist(5).
    Launchd,
    /// A script of the BSDs' rc(8).
    RcD,
    /// A pod of Kubernetes.
    Kubernetes,
    /// A file for logrotate(8).
    Logrotate,
}

impl Target {
    /// All, in the order in which help lists them.
    pub const ALL: &'static [Target] = &[
        Target::Systemd,
        Target::Socket,
        Target::Supervisord,
        Target::Runit,
        Target::S6,
        Target::Openrc,
        Target::Launchd,
        Target::RcD,
        Target::Kubernetes,
        Target::Logrotate,
    ];

    /// The word for it on a command line.
    pub fn name(self) -> &'static str {
        match self {
            Target::Systemd => "systemd",
            Target::Socket => "socket",
            Target::Supervisord => "supervisord",
            Target::Runit => "runit",
            Target::S6 => "s6",
            Target::Openrc => "openrc",
            Target::Launchd => "launchd",
            Target::RcD => "rc.d",
            Target::Kubernetes => "kubernetes",
            Target::Logrotate => "logrotate",
        }
    }
}

/// The word for it on a command line.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Verb {
    /// The word for it on a command line.
    pub fn name(&self) -> &'static str {
        match self {
            Verb::Start => "start",
            Verb::Stop(_) => "stop",
            Verb::Restart(_) => "restart",
            Verb::Reload { .. } => "reload",
            Verb::Status { .. } => "status",
            Verb::Check { .. } => "check",
            Verb::Unit { .. } => "unit",
        }
    }

    /// Whether it is about a daemon that runs, and about nothing else.
    pub(crate) fn is_about_the_running(&self) -> bool {
        matches!(self, Verb::Stop(_) | Verb::Reload { .. } | Verb::Status { .. })
    }
}

/// A number of seconds on a command line, with or without a fraction.
pub(crate) fn seconds(text: &str) -> Option<Duration> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let seconds: f64 = text.parse().ok().filter(|_| is_number)?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// Whether the command line has verbs, and where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Control {
    /// It has none.
    #[default]
    Off,
    /// The first argument may be one.
    First,
    /// The argument behind this word, which is the first one, is one.
    Behind(String),
}

impl From<&str> for Control {
    fn from(word: &str) -> Self {
        Control::Behind(word.to_owned())
    }
}

impl From<String> for Control {
    fn from(word: String) -> Self {
        Control::Behind(word)
    }
}

/// Who reads the arguments that are not a verb's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    /// The program reads them.
    IsRead,
    /// Nobody reads them, unless there is a daemon.
    IsTheDaemons,
}

/// The step that follows the verb.
#[derive(Debug)]
pub(crate) enum Next {
    /// The launch.
    Launch,
    /// The end of this process, with this status.
    Exit(u8),
}

/// The verb that was asked for, and the daemon that it is for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub(crate) verb: Option<Verb>,
    /// The pidfile of the daemon that is meant, if it was named beside the verb.
    pub(crate) pidfile: Option<PathBuf>,
    /// Whether arguments of the program's own follow.
    pub(crate) has_more: bool,
    /// Whether nothing reads those before there is a daemon.
    pub(crate) is_read_by_daemon_alone: bool,
    /// Whether the command line has been read.
    pub(crate) is_read: bool,
}
