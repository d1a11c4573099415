//! Where descriptors 0 to 2 go.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::{Mode, fstat};
use nix::unistd::{dup2_stderr, dup2_stdin, dup2_stdout, ftruncate};

use crate::error::{Error, ErrorKind};
use crate::files::log::{Log, Owner};
use crate::files::startup_stderr::{Captured, Text};
use crate::sys;
use crate::sys::inode::Inode;

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

/// An output whose path is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Null,
    Inherit,
    File(PathBuf),
}

impl Stdio {
    /// Opens what a daemon in the background needs.
    pub(crate) fn background(
        stdout: &Place,
        stderr: &Place,
        owner: Owner<'_>,
    ) -> Result<Self, Error> {
        let null = Some(open_null()?);
        let (stdout, mut stderr) = open_outputs(stdout, stderr, owner)?;
        if matches!(stderr, Target::Null) {
            stderr = Target::Memory(sys::anonymous_file("stderr").map_err(|errno| {
                stdout.give_up();
                Error::new(ErrorKind::System, "cannot keep the daemon's standard error in memory")
                    .because(errno)
            })?);
        }
        Ok(Stdio { stdin: Target::Null, stdout, stderr, null })
    }

    /// Opens what is asked for and leaves the rest as it is.
    pub(crate) fn foreground(
        stdout: &Place,
        stderr: &Place,
        owner: Owner<'_>,
    ) -> Result<Self, Error> {
        let needs_null = [stdout, stderr].contains(&&Place::Null);
        let null = needs_null.then(open_null).transpose()?;
        let (stdout, stderr) = open_outputs(stdout, stderr, owner)?;
        Ok(Stdio { stdin: Target::Inherit, stdout, stderr, null })
    }

    /// In the process that watches: what the daemon writes to standard error, to be shown when the
    /// start fails.
    pub(crate) fn into_captured(self) -> Captured {
        // This process ends before it matters.
        std::mem::forget(self.null);
        let logs = [&self.stderr, &self.stdout].into_iter().filter_map(Target::log);
        let log = logs.clone().next().map(|log| log.path.clone());
        let new_logs = logs.filter_map(Log::as_new).collect();
        let text = match self.stderr {
            Target::Memory(file) => Text::Memory(file),
            Target::Log(log) => log.into_text(),
            Target::Inherit | Target::Null => Text::Shown,
        };
        Captured { text, log, new_logs }
    }

    /// In the daemon: puts everything in its place. 0 to 2 are replaced, never closed: the next
    /// file to be opened would get the free number and with it what the program prints.
    pub(crate) fn install(self) -> Result<StderrUntilReady, Error> {
        let install = || {
            self.descriptor(&self.stdin).map_or(Ok(()), dup2_stdin)?;
            self.descriptor(&self.stdout).map_or(Ok(()), dup2_stdout)?;
            self.descriptor(&self.stderr).map_or(Ok(()), dup2_stderr)
        };
        install().map_err(|errno| {
            self.give_up();
            Error::new(ErrorKind::System, "cannot replace standard input, output and error")
                .because(errno)
        })?;
        Ok(StderrUntilReady(match (self.stderr, self.null) {
            (Target::Memory(memory), Some(null)) => Some((memory, null)),
            _ => None,
        }))
    }

    fn descriptor<'a>(&'a self, target: &'a Target) -> Option<BorrowedFd<'a>> {
        match target {
            Target::Inherit => None,
            Target::Null => self.null.as_ref().map(AsFd::as_fd),
            Target::Memory(file) => Some(file.as_fd()),
            Target::Log(log) => Some(log.as_fd()),
        }
    }

    /// Takes back what opening did, for a start that was refused after it.
    pub(crate) fn give_up(&self) {
        self.stderr.give_up();
        self.stdout.give_up();
    }
}

fn open_outputs(
    stdout: &Place,
    stderr: &Place,
    owner: Owner<'_>,
) -> Result<(Target, Target), Error> {
    let open = |place: &Place| match place {
        Place::Inherit => Ok(Target::Inherit),
        Place::Null => Ok(Target::Null),
        Place::File(path) => Log::open(path, owner).map(Target::Log),
    };
    let opened = open(stdout)?;
    let stderr = match (&opened, stderr) {
        // One description for both, so that neither overwrites what the other wrote.
        (Target::Log(log), Place::File(path)) if log.path == *path => log.share().map(Target::Log),
        _ => open(stderr),
    };
    let stderr = stderr.inspect_err(|_| opened.give_up())?;
    Ok((opened, stderr))
}

impl Target {
    fn log(&self) -> Option<&Log> {
        match self {
            Target::Log(log) => Some(log),
            _ => None,
        }
    }

    /// Removes a log that this start made and wrote nothing to.
    fn give_up(&self) {
        self.log().iter().for_each(|log| log.give_up());
    }
}

fn open_null() -> Result<OwnedFd, Error> {
    open("/dev/null", OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::empty()).map_err(cannot_open_null)
}

fn cannot_open_null(errno: Errno) -> Error {
    Error::new(ErrorKind::System, "cannot open /dev/null").because(errno)
}

/// What takes the place of the file in memory once the daemon is ready: the file, `/dev/null`.
#[derive(Debug)]
pub(crate) struct StderrUntilReady(Option<(OwnedFd, OwnedFd)>);

impl StderrUntilReady {
    /// Sends standard error to `/dev/null`, unless the program has sent it elsewhere by itself,
    /// and frees the memory, which children that were started before may still hold.
    pub(crate) fn release(self) {
        let Some((memory, null)) = self.0 else { return };
        let (Ok(memory_status), Ok(stderr_status)) = (fstat(&memory), fstat(std::io::stderr()))
        else {
            return;
        };
        if Inode::of(&memory_status) == Inode::of(&stderr_status) {
            let _ = dup2_stderr(&null);
        }
        if memory_status.st_size > 0 {
            let _ = ftruncate(&memory, 0);
        }
    }
}
