//! Who watches the daemon during its start.

use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::unistd::Pid;

use crate::command::{self, Start};
use crate::error::Error;
use crate::handshake::{Failure, ToCommand, close_on_exec_pipe};
use crate::plan::{Plan, Watched};
use crate::sys;
use crate::sys::process::exit_immediately;
use crate::verdict::Verdict;

/// The process that watches: it has to be the daemon's parent, to know how it ended.
#[derive(Debug)]
pub(crate) enum Watcher {
    /// The command itself. As the sub-reaper of its descendants it becomes the daemon's parent
    /// once the intermediate process is gone.
    Command,
    /// Where there are no sub-reapers: the intermediate process, which stays until the verdict,
    /// and exits with it. The command exits as it does.
    Intermediate,
}

/// A pipe that nothing is written to, and whose writing end is the command's to keep. Its reader
/// sees the end of file, or is sent a signal, when the command is gone.
#[derive(Debug)]
pub(crate) struct Lifeline {
    pub(crate) reader: OwnedFd,
    pub(crate) writer: OwnedFd,
}

impl Lifeline {
    pub(crate) fn new() -> Result<Self, Errno> {
        let (reader, writer) = close_on_exec_pipe()?;
        Ok(Lifeline { reader, writer })
    }
}

impl Watcher {
    pub(crate) fn choose() -> Self {
        if sys::become_subreaper().is_ok() { Watcher::Command } else { Watcher::Intermediate }
    }

    /// In the command: waits, and exits with the verdict.
    pub(crate) fn run_in_command(self, start: Start, watched: Watched, intermediate: Pid) -> ! {
        match self {
            Watcher::Command => command::wait_as_subreaper(start, watched, intermediate),
            Watcher::Intermediate => command::wait_for_watcher(start.signals, intermediate),
        }
    }

    /// In the intermediate process, after it has made the daemon or failed to: exits, at once or
    /// with the verdict.
    pub(crate) fn run_in_intermediate(
        self,
        start: Start,
        to_command: ToCommand,
        lifeline: Lifeline,
        daemon: Result<Pid, Error>,
        plan: Plan,
    ) -> ! {
        match self {
            Watcher::Command => {
                // This is read before our end is noticed, so the command always knows.
                let told = match daemon {
                    Ok(pid) => to_command.daemon(pid),
                    Err(error) => to_command.failed(&Failure::from(&error)),
                };
                exit_immediately(u8::from(told.is_err()))
            }
            Watcher::Intermediate => {
                let Lifeline { reader, writer } = lifeline;
                drop((to_command, writer));
                let watched = plan.into_watched();
                match daemon {
                    Ok(pid) => command::wait_as_parent(start, watched, pid, Some(reader)),
                    Err(error) => command::without_daemon(watched, Verdict::failed(&error)),
                }
            }
        }
    }
}
