//! How a start ended, in words and as an exit status.

use std::time::Duration;

use nix::errno::Errno;

use crate::error::{Error, ErrorKind, Failure};
use crate::files::startup_output::Captured;
use crate::process::signals;
use crate::sys::process::End;
use crate::text::{on_one_line, printable, seconds};

/// How a start ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The daemon is ready; this is its message, if it has one.
    Ready(String),
    /// A step of the launch failed.
    Failed(Failure),
    /// The daemon ended before it was ready.
    Ended(End),
    /// The daemon is gone, and how it ended cannot be known.
    Lost,
    /// `Ready` was dropped.
    Dropped,
    /// The descriptor over which the daemon says that it is ready was closed.
    Silenced,
    /// The daemon was not ready in time.
    TimedOut { limit: Duration, last_status: Option<String> },
    /// The command was told to end.
    Cancelled(libc::c_int),
    /// The command died while the intermediate process watched in its place.
    Abandoned,
}

/// How the command exits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Status(u8),
    /// Killed by this signal, so that the shell knows why: a script that is interrupted while it
    /// waits for a start ends too.
    Signal(libc::c_int),
}

impl Exit {
    /// As a shell reports it: for a signal, 128 plus its number.
    pub(crate) fn status(self) -> u8 {
        match self {
            Exit::Status(status) => status,
            Exit::Signal(signal) => 128 + signal as u8,
        }
    }
}

impl Verdict {
    /// The verdict for a step that failed in this process.
    pub(crate) fn failed(error: &Error) -> Self {
        Verdict::Failed(Failure::from(error))
    }

    /// How the command exits: with the daemon's own status if there is one, and with 0 only for
    /// [`Verdict::Ready`].
    pub(crate) fn exit(&self) -> Exit {
        let software = ErrorKind::Software.exit_code();
        Exit::Status(match *self {
            Verdict::Ready(_) => 0,
            Verdict::Failed(Failure { exit_code, .. }) => exit_code,
            Verdict::Ended(End::Exited(status)) => {
                u8::try_from(status).ok().filter(|status| *status != 0).unwrap_or(software)
            }
            Verdict::Ended(End::Killed { signal, .. }) => Exit::Signal(signal).status(),
            Verdict::Lost | Verdict::Dropped | Verdict::Silenced => software,
            Verdict::TimedOut { .. } => ErrorKind::Timeout.exit_code(),
            Verdict::Cancelled(signal) => return Exit::Signal(signal),
            Verdict::Abandoned => return Exit::Signal(libc::SIGTERM),
        })
    }

    /// The output of the command: first what the daemon wrote to standard error, then our own line.
    pub(crate) fn words(&self, name: &str, captured: &Captured, killed: bool) -> String {
        if let Verdict::Ready(message) = self {
            return match message.as_str() {
                "" => String::new(),
                message => format!("{name}: {}\n", printable(message.trim_end())),
            };
        }
        let mut words = captured.words();
        words.push_str(&format!("{name}: {}", self.reason()));
        if killed {
            words.push_str("; it did not end when told to, and was killed");
        }
        if let Some(log) = captured.log.as_ref().filter(|log| self.is_in_the_log() && log.exists())
        {
            words.push_str(&format!("; its log is {}", log.display()));
        }
        words.push('\n');
        words
    }

    /// Whether the log may say more than we do.
    fn is_in_the_log(&self) -> bool {
        !matches!(self, Verdict::Failed(_) | Verdict::Cancelled(_) | Verdict::Abandoned)
    }

    /// The failure that a supervisor is told of, if the daemon is not ready.
    pub(crate) fn failure(&self) -> Failure {
        let exit_code = self.exit().status();
        let errno = match self {
            Verdict::Failed(failure) => failure.errno,
            Verdict::TimedOut { .. } => Errno::ETIMEDOUT,
            _ => Errno::ECANCELED,
        };
        Failure { exit_code, errno, message: self.reason() }
    }

    fn reason(&self) -> String {
        match self {
            Verdict::Ready(_) => String::new(),
            Verdict::Failed(failure) => printable(&failure.message),
            Verdict::Ended(End::Exited(0)) => {
                "exited with status 0 before it was ready: it has not called `ready.notify()`"
                    .to_owned()
            }
            Verdict::Ended(End::Exited(status)) => {
                format!("exited with status {status} before it was ready")
            }
            Verdict::Ended(End::Killed { signal, core_dumped }) => {
                let core = if *core_dumped { " (core dumped)" } else { "" };
                format!("was killed by {}{core} before it was ready", signals::name(*signal))
            }
            Verdict::Lost => "is gone, and was not ready; how it ended is not known".to_owned(),
            Verdict::Dropped => {
                "the start failed: `daemon::Ready` was dropped before `notify` was called; \
                 the daemon was stopped"
                    .to_owned()
            }
            Verdict::Silenced => {
                "the start failed: the daemon closed the descriptor over which `daemon::Ready` \
                 says that it is ready; the daemon was stopped"
                    .to_owned()
            }
            Verdict::TimedOut { limit, last_status } => {
                let last = match last_status {
                    Some(status) => format!("; its last status was: {}", on_one_line(status)),
                    None => String::new(),
                };
                format!(
                    "not ready after {} s (`start_timeout`): it has not called `ready.notify()`; \
                     the daemon was stopped{last}",
                    seconds(*limit)
                )
            }
            Verdict::Cancelled(signal) => {
                format!("start cancelled by {}; the daemon was stopped", signals::name(*signal))
            }
            Verdict::Abandoned => "start cancelled, because the command that started it is gone; \
                 the daemon was stopped"
                .to_owned(),
        }
    }
}
