//! Where descriptors 0 to 2 go.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;

use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;
use nix::unistd::{dup2_stderr, dup2_stdin, dup2_stdout};

use crate::error::Error;
use crate::files::log::{Log, Owner};
use crate::files::startup_stderr::{Captured, StderrUntilReady, Text};
use crate::sys;

/// The files that are to become descriptors 0 to 2, all open before the first fork.
#[derive(Debug)]
pub(crate) struct Stdio {
    stdin: Target,
    stdout: Target,
    stderr: Target,
    /// `/dev/null`, if any of them needs it, now or once the daemon is ready.
    null: Option<OwnedFd>,
}

#[derive(Debug)]
enum Target {
    Inherit,
    Null,
    Log(Log),
    /// A file in memory, shared with the command, until readiness; `/dev/null` from then on.
    Memory(OwnedFd),
}

/// Where an output goes, with its path if it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Destination {
    Null,
    Inherit,
    File(PathBuf),
}

impl Stdio {
    /// Opens the files that a daemon in the background needs.
    pub(crate) fn background(
        stdout: &Destination,
        stderr: &Destination,
        owner: Owner<'_>,
    ) -> Result<Self, Error> {
        let null = Some(open_null()?);
        let (stdout, mut stderr) = open_outputs(stdout, stderr, owner)?;
        if matches!(stderr, Target::Null) {
            stderr = Target::Memory(sys::anonymous_file("stderr").map_err(|errno| {
                stdout.undo();
                Error::cannot("keep the daemon's standard error in memory", errno)
            })?);
        }
        Ok(Stdio { stdin: Target::Null, stdout, stderr, null })
    }

    /// Opens what is asked for and leaves the rest as it is.
    pub(crate) fn foreground(
        stdout: &Destination,
        stderr: &Destination,
        owner: Owner<'_>,
    ) -> Result<Self, Error> {
        let needs_null = [stdout, stderr].contains(&&Destination::Null);
        let null = needs_null.then(open_null).transpose()?;
        let (stdout, stderr) = open_outputs(stdout, stderr, owner)?;
        Ok(Stdio { stdin: Target::Inherit, stdout, stderr, null })
    }

    /// In the process that watches: what the daemon writes to standard error, to be shown when the
    /// start fails.
    pub(crate) fn into_captured(self) -> Captured {
        // Leaked on purpose: this process exits soon, and a close(2) is spared.
        std::mem::forget(self.null);
        let logs = [&self.stderr, &self.stdout].into_iter().filter_map(Target::log);
        let log = logs.clone().next().map(|log| log.path.clone());
        let new_logs = logs.filter_map(Log::as_new).collect();
        let text = match self.stderr {
            Target::Memory(file) => Text::Memory(file.into()),
            Target::Log(Log { path, length, opened_as, .. }) => {
                Text::Log { path, from: length, opened_as }
            }
            Target::Inherit | Target::Null => Text::Shown,
        };
        Captured { text, log, new_logs }
    }

    /// In the daemon: puts everything in place. Descriptors 0 to 2 are replaced, never closed: the
    /// next file to be opened would get the free number, and with it whatever the program prints.
    pub(crate) fn install(self) -> Result<StderrUntilReady, Error> {
        let install = || {
            self.descriptor(&self.stdin).map_or(Ok(()), dup2_stdin)?;
            self.descriptor(&self.stdout).map_or(Ok(()), dup2_stdout)?;
            self.descriptor(&self.stderr).map_or(Ok(()), dup2_stderr)
        };
        install().map_err(|errno| {
            self.undo();
            Error::cannot("replace standard input, output and error", errno)
        })?;
        Ok(match (self.stderr, self.null) {
            (Target::Memory(memory), Some(null)) => StderrUntilReady::in_memory(memory, null),
            _ => StderrUntilReady::elsewhere(),
        })
    }

    fn descriptor<'a>(&'a self, target: &'a Target) -> Option<BorrowedFd<'a>> {
        match target {
            Target::Inherit => None,
            Target::Null => self.null.as_ref().map(AsFd::as_fd),
            Target::Memory(file) => Some(file.as_fd()),
            Target::Log(log) => Some(log.as_fd()),
        }
    }

    /// Undoes the opening, for a start that was refused after it.
    pub(crate) fn undo(&self) {
        self.stderr.undo();
        self.stdout.undo();
    }
}

fn open_outputs(
    stdout: &Destination,
    stderr: &Destination,
    owner: Owner<'_>,
) -> Result<(Target, Target), Error> {
    let open = |place: &Destination| match place {
        Destination::Inherit => Ok(Target::Inherit),
        Destination::Null => Ok(Target::Null),
        Destination::File(path) => Log::open(path, owner).map(Target::Log),
    };
    let opened = open(stdout)?;
    let stderr = match (&opened, stderr) {
        // One open file for both, so that neither overwrites what the other wrote.
        (Target::Log(log), Destination::File(path)) if log.path == *path => {
            log.share().map(Target::Log)
        }
        _ => open(stderr),
    };
    let stderr = stderr.inspect_err(|_| opened.undo())?;
    Ok((opened, stderr))
}

impl Target {
    fn log(&self) -> Option<&Log> {
        match self {
            Target::Log(log) => Some(log),
            _ => None,
        }
    }

    /// Removes the log if this start created it and nothing was written to it.
    fn undo(&self) {
        self.log().iter().for_each(|log| log.undo());
    }
}

fn open_null() -> Result<OwnedFd, Error> {
    open("/dev/null", OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::empty())
        .map_err(|errno| Error::cannot("open /dev/null", errno))
}
