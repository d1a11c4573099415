//! Where standard output and error go, and where they go until the daemon is ready.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::unistd::{dup2_stderr, dup2_stdout};

use crate::files::log::Log;
use crate::sys::fstat;
use crate::sys::inode::Inode;

/// Streams of the daemon, and the file that they go to.
#[derive(Debug)]
pub(super) struct Redirection {
    pub(super) streams: &'static [Stream],
    pub(super) to: Target,
    /// A file in memory, shared with the command, that they go to until the daemon is ready: where
    /// they are to go, nobody could read what they say.
    pub(super) memory: Option<OwnedFd>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Output,
    Error,
}

#[derive(Debug)]
pub(super) enum Target {
    /// `/dev/null`.
    Null,
    /// The socket of the journal.
    Journal(OwnedFd),
    Log(Box<Log>),
}

impl Redirection {
    /// Where the streams go until the daemon is ready; `null` is `/dev/null`.
    pub(super) fn until_ready<'a>(&'a self, null: Option<&'a OwnedFd>) -> Option<BorrowedFd<'a>> {
        self.memory.as_ref().map(AsFd::as_fd).or_else(|| self.in_the_end(null))
    }

    /// Where they go from then on.
    pub(super) fn in_the_end<'a>(&'a self, null: Option<&'a OwnedFd>) -> Option<BorrowedFd<'a>> {
        match &self.to {
            Target::Null => null.map(AsFd::as_fd),
            Target::Journal(socket) => Some(socket.as_fd()),
            Target::Log(log) => Some(log.as_fd()),
        }
    }

    /// Whether what is written there can be read by anybody.
    pub(super) fn is_kept(&self) -> bool {
        !matches!(self.to, Target::Null)
    }

    pub(super) fn log(&self) -> Option<&Log> {
        match &self.to {
            Target::Null | Target::Journal(_) => None,
            Target::Log(log) => Some(log),
        }
    }
}

impl Stream {
    /// Its descriptor.
    pub(crate) fn number(self) -> RawFd {
        match self {
            Stream::Output => libc::STDOUT_FILENO,
            Stream::Error => libc::STDERR_FILENO,
        }
    }

    /// Replaces the stream. It is never closed: the next file to be opened would get the free
    /// number, and with it whatever the program prints.
    pub(crate) fn redirect(self, to: BorrowedFd<'_>) -> Result<(), Errno> {
        match self {
            Stream::Output => dup2_stdout(to),
            Stream::Error => dup2_stderr(to),
        }
    }

    /// Whether it goes to this file now.
    pub(crate) fn goes_to(self, file: Inode) -> bool {
        let status = match self {
            Stream::Output => fstat(std::io::stdout()),
            Stream::Error => fstat(std::io::stderr()),
        };
        status.is_ok_and(|status| Inode::of(&status) == file)
    }
}
