//! Logs: files that are appended to.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl, open};
use nix::sys::stat::{FileStat, Mode, SFlag, fchmod, fstat, lstat};
use nix::unistd::{fchown, geteuid, unlink};

use crate::error::{Error, ErrorKind, errno_of};
use crate::files::safe_directories::writable_by_others;
use crate::process::identity::Identity;
use crate::sys::descriptors::duplicate;
use crate::sys::inode::{Inode, file_type};

/// A log, open for appending.
#[derive(Debug)]
pub(crate) struct Log {
    file: OwnedFd,
    pub(super) path: PathBuf,
    /// Its length before this start.
    pub(super) length: u64,
    /// Whether this start created it.
    created: bool,
    /// The user with whose rights it was opened, if not with our own.
    pub(super) opened_as: Option<Identity>,
}

/// The owner and the mode that a log is to have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owner<'a> {
    /// The user that root becomes, if it becomes one.
    pub(crate) identity: Option<&'a Identity>,
    /// The umask of the daemon.
    pub(crate) umask: u32,
}

impl Owner<'_> {
    /// Whether this process can do more to files than the daemon is to do: it is root, or becomes
    /// another user.
    fn has_less_power_than_we(self) -> bool {
        geteuid().is_root() || self.identity.is_some_and(|identity| !identity.is_present)
    }
}

impl Log {
    /// Opens a log for appending, creating it if need be: as root in a directory that is safe for
    /// root, otherwise with the rights of the user that root becomes.
    pub(crate) fn open(path: &Path, owner: Owner<'_>) -> Result<Self, Error> {
        if !owner.has_less_power_than_we() {
            return Log::open_as_we_are(path, owner);
        }
        let directory = path.parent().unwrap_or(path);
        let danger = writable_by_others(directory, owner.identity)
            .map_err(|error| cannot_open(path, errno_of(error)))?;
        match (danger, owner.identity.filter(|identity| !identity.uid.is_root())) {
            (None, None) => Log::open_as_we_are(path, owner),
            (None, Some(identity)) => {
                let log = Log::open_as_we_are(path, owner)?;
                if log.created {
                    log.give_to(identity).inspect_err(|_| log.undo())?;
                }
                Ok(log)
            }
            (Some(_), Some(identity)) => {
                let log = identity.act_temporarily(|| Log::open_as_we_are(path, owner))??;
                Ok(Log { opened_as: Some(identity.clone()), ..log })
            }
            (Some(danger), None) => {
                let what = format!("cannot open the log {}: {danger}", path.display());
                Err(Error::new(ErrorKind::CannotCreate, what)
                    .advise("choose a directory that only root can write, or set `user`"))
            }
        }
    }

    /// Opens it with the rights that the process has now. A new log gets mode 0666 less the
    /// daemon's umask.
    ///
    /// A symbolic link as the last part of the path is not followed: otherwise whoever can write to
    /// the directory could have us append to a file of their choice.
    fn open_as_we_are(path: &Path, owner: Owner<'_>) -> Result<Self, Error> {
        let cannot = |errno| cannot_open(path, errno);
        let (file, created) = loop {
            match open(path, APPEND, Mode::empty()) {
                Ok(file) => break (file, false),
                Err(Errno::ENOENT) => {}
                Err(errno) => return Err(cannot(errno)),
            }
            match open(path, APPEND | OFlag::O_CREAT | OFlag::O_EXCL, Mode::empty()) {
                Ok(file) => break (file, true),
                Err(Errno::EEXIST) => {}
                Err(errno) => return Err(cannot(errno)),
            }
        };
        let mut log = Log { file, path: path.to_owned(), length: 0, created, opened_as: None };
        match log.prepare(owner.umask) {
            Ok(()) => Ok(log),
            Err(error) => {
                log.undo();
                Err(error)
            }
        }
    }

    fn prepare(&mut self, umask: u32) -> Result<(), Error> {
        let cannot = |errno| cannot_open(&self.path, errno);
        if self.created {
            let mode = Mode::from_bits_truncate(0o666 & !umask as libc::mode_t);
            fchmod(&self.file, mode).map_err(cannot)?;
        }
        let status = fstat(&self.file).map_err(cannot)?;
        refuse_unfit(&self.path, &status)?;
        // `O_NONBLOCK` was for the open alone: a FIFO without a reader would have blocked it.
        fcntl(&self.file, FcntlArg::F_SETFL(OFlag::O_APPEND)).map_err(cannot)?;
        self.length = u64::try_from(status.st_size).unwrap_or(0);
        Ok(())
    }

    /// Gives a log that root created to the user, readable by their group.
    fn give_to(&self, identity: &Identity) -> Result<(), Error> {
        let give = || {
            fchown(&self.file, Some(identity.uid), Some(identity.gid))?;
            fchmod(&self.file, Mode::S_IRUSR | Mode::S_IWUSR | Mode::S_IRGRP)
        };
        give().map_err(|errno| cannot_open(&self.path, errno))
    }

    /// The same open file again, so that neither of two writers overwrites the other.
    pub(crate) fn share(&self) -> Result<Self, Error> {
        let file = duplicate(&self.file).map_err(|errno| cannot_open(&self.path, errno))?;
        let (path, opened_as) = (self.path.clone(), self.opened_as.clone());
        Ok(Log { file, path, length: self.length, created: self.created, opened_as })
    }

    /// Removes the log if this start created it and nothing was written to it.
    pub(crate) fn undo(&self) {
        self.as_new().iter().for_each(NewLog::remove_if_empty);
    }

    /// What is needed to remove it later, if this start created it.
    pub(crate) fn as_new(&self) -> Option<NewLog> {
        let status = fstat(&self.file).ok().filter(|_| self.created)?;
        let (path, opened_as) = (self.path.clone(), self.opened_as.clone());
        Some(NewLog { path, inode: Inode::of(&status), opened_as })
    }
}

impl AsFd for Log {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// A log that this start created.
#[derive(Debug)]
pub(crate) struct NewLog {
    path: PathBuf,
    inode: Inode,
    opened_as: Option<Identity>,
}

impl NewLog {
    /// Removes it if nothing was written to it, unless the name belongs to another file by now.
    ///
    /// With the rights that it was opened with: the user may have made the path lead to a file of
    /// root's meanwhile. If that fails, an empty log stays.
    pub(crate) fn remove_if_empty(&self) {
        let remove = || {
            let is_ours =
                |status: FileStat| Inode::of(&status) == self.inode && status.st_size == 0;
            if lstat(&self.path).is_ok_and(is_ours) {
                let _ = unlink(&self.path);
            }
        };
        match &self.opened_as {
            None => remove(),
            Some(identity) => identity.act_temporarily(remove).unwrap_or(()),
        }
    }
}

const APPEND: OFlag = OFlag::O_WRONLY
    .union(OFlag::O_APPEND)
    .union(OFlag::O_NOFOLLOW)
    .union(OFlag::O_NONBLOCK)
    .union(OFlag::O_NOCTTY)
    .union(OFlag::O_CLOEXEC);

fn refuse_unfit(path: &Path, status: &FileStat) -> Result<(), Error> {
    let file_type = file_type(status);
    if file_type == SFlag::S_IFREG && status.st_nlink > 1 && geteuid().is_root() {
        let what = format!(
            "cannot log to {}: it has {} links, so it is another file too",
            path.display(),
            status.st_nlink
        );
        return Err(Error::new(ErrorKind::CannotCreate, what).advise("choose another log"));
    }
    match file_type {
        SFlag::S_IFREG | SFlag::S_IFCHR | SFlag::S_IFIFO => Ok(()),
        _ => Err(Error::new(
            ErrorKind::CannotCreate,
            format!("cannot log to {}: it is not a file that can be written to", path.display()),
        )
        .advise("choose another log")),
    }
}

fn cannot_open(path: &Path, errno: Errno) -> Error {
    let parent = path.parent().unwrap_or(path).display();
    let advice = match errno {
        Errno::ENOENT => format!("create {parent}, or choose another log"),
        Errno::ELOOP => "it is a symbolic link, which is not followed: name the file itself".into(),
        Errno::ENXIO => "nobody reads from it: choose another log".into(),
        Errno::EACCES | Errno::EPERM | Errno::EROFS => format!(
            "choose a place that uid {} may write; `stderr` without a value is the usual one",
            geteuid()
        ),
        _ => "choose another log".into(),
    };
    let what = format!("cannot open the log {}", path.display());
    Error::new(ErrorKind::CannotCreate, what).because(errno).advise(advice)
}
