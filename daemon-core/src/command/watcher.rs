//! The choice of the process that watches the daemon during its start.

use nix::errno::Errno;
use nix::unistd::Pid;

use crate::command::conclusion;
use crate::command::pipe::{self, FromDaemon, ToCommand};
use crate::command::relay;
use crate::command::start::{Start, Watched};
use crate::command::verdict::Verdict;
use crate::error::{Error, ErrorKind, Failure};
use crate::plan::Plan;
use crate::supervisor::notify;
use crate::sys;
use crate::sys::process::exit_immediately;

/// The process that watches: it has to be the daemon's parent, to know how it ended.
#[derive(Debug)]
pub(crate) enum Watcher {
    /// The command itself. As the sub-reaper of its descendants it becomes the daemon's parent
    /// once the intermediate process is gone.
    Command,
    /// The intermediate process: where there are no sub-reapers, or where the command has to name
    /// the daemon to a supervisor, which wants it as its own child. The intermediate process stays
    /// until the verdict and exits with it; the command hears of it, and exits likewise.
    Intermediate { from_watcher: FromDaemon, to_command: ToCommand },
}

impl Watcher {
    pub(crate) fn choose() -> Result<Self, Errno> {
        if !notify::is_connected() && sys::become_subreaper().is_ok() {
            return Ok(Watcher::Command);
        }
        let (from_watcher, to_command) = pipe::channel()?;
        Ok(Watcher::Intermediate { from_watcher, to_command })
    }

    /// Undoes it, for a start that is refused before there is another process.
    pub(crate) fn undo(&self) {
        if let Watcher::Command = self {
            sys::be_no_subreaper();
        }
    }

    /// In the command: waits, and exits with the verdict.
    pub(crate) fn run_in_command(
        self,
        start: Start,
        to_command: ToCommand,
        watched: Watched,
        intermediate: Pid,
    ) -> ! {
        match self {
            Watcher::Command => {
                conclusion::watch_as_subreaper(start, to_command, watched, intermediate)
            }
            Watcher::Intermediate { from_watcher, to_command: relay } => {
                drop((to_command, relay));
                relay::wait_for_watcher(start, watched, from_watcher, intermediate)
            }
        }
    }

    /// In the intermediate process, after it has made the daemon or failed to: exits, at once or
    /// with the verdict.
    #[inline]
    pub(crate) fn run_in_intermediate(
        self,
        start: Start,
        to_command: ToCommand,
        daemon: Result<Pid, Error>,
        plan: Box<Plan>,
    ) -> ! {
        if let (Watcher::Command, Ok(_)) = (&self, &daemon) {
            exit_immediately(0);
        }
        self.watch_or_fail_in_intermediate(start, to_command, daemon, plan)
    }

    #[cold]
    fn watch_or_fail_in_intermediate(
        self,
        mut start: Start,
        to_command: ToCommand,
        daemon: Result<Pid, Error>,
        plan: Box<Plan>,
    ) -> ! {
        let Watcher::Intermediate { from_watcher, to_command: relay } = self else {
            let told = match daemon {
                Ok(_) => Ok(()),
                // This is read before our end is noticed, so the command always knows.
                Err(error) => to_command.failed(&Failure::from(&error)),
            };
            exit_immediately(if told.is_ok() { 0 } else { ErrorKind::System.exit_code() })
        };
        drop((to_command, from_watcher));
        let watched = Watched::of(plan);
        match daemon {
            Ok(pid) => {
                start.lifeline.leave_to_command();
                conclusion::watch_as_parent(start, watched, pid, relay)
            }
            Err(error) => conclusion::without_daemon(watched, Verdict::failed(&error), &relay),
        }
    }
}
