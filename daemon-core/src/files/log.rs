//! Logs: files that are appended to.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl, open};
use nix::sys::stat::{FileStat, Mode, SFlag, fchmod, lstat, stat};
use nix::unistd::{AccessFlags, fchown, getegid, geteuid, unlink};

use crate::error::{Error, ErrorKind, errno_of};
use crate::files::advice::Wanted;
use crate::files::foreign::OPEN_FLAGS;
use crate::files::safe_directories::writable_by_others;
use crate::files::usual_places::UsualFile;
use crate::process::capabilities::{Capability, Lacking, lacking};
use crate::process::identity::Identity;
use crate::sys::fstat;
use crate::sys::ids::may_access;
use crate::sys::inode::{Inode, file_type};

/// A log, open for appending.
#[derive(Debug)]
pub(crate) struct Log {
    file: OwnedFd,
    pub(super) path: PathBuf,
    /// Which file it is, if it is a regular one.
    pub(crate) regular: Option<Inode>,
    /// Its length before this start.
    pub(super) length: u64,
    /// Whether what is written to it can be read back: not from a FIFO or a device, nor where only
    /// writing is permitted.
    pub(super) is_readable: bool,
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
    umask: u32,
    /// The files that are in their usual places.
    usual: &'a [UsualFile],
}

impl<'a> Owner<'a> {
    pub(crate) fn new(identity: Option<&'a Identity>, umask: u32) -> Self {
        Owner { identity, umask, usual: &[] }
    }

    /// The same, where these files are in their usual places.
    pub(crate) fn with_usual(self, usual: &'a [UsualFile]) -> Self {
        Owner { usual, ..self }
    }

    pub(super) fn umask(self) -> u32 {
        self.umask
    }

    pub(crate) fn wants(self, path: &'a Path, what: &'static str) -> Wanted<'a> {
        let usual = self.usual.iter().find(|usual| usual.path == path);
        let moved_by = usual.and_then(|usual| usual.moved_by);
        Wanted { path, what, is_usual: usual.is_some(), moved_by }
    }
}

/// With whose rights a log is opened.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rights<'a> {
    Ours,
    /// A log that is created is given to that user.
    OursForAnother(&'a Identity),
    Another(&'a Identity),
}

/// Ours in a directory that is safe for root, otherwise those of the user that root becomes.
pub(super) fn rights<'a>(path: &Path, owner: Owner<'a>) -> Result<Rights<'a>, Error> {
    let euid = geteuid();
    if !Identity::is_weaker_than(owner.identity, euid) {
        return Ok(Rights::Ours);
    }
    let directory = path.parent().unwrap_or(path);
    let danger = writable_by_others(directory, euid, owner.identity)
        .map_err(|error| cannot_open(owner.wants(path, "log"), errno_of(error)))?;
    match (danger, owner.identity.filter(|identity| !identity.uid.is_root())) {
        (None, None) => Ok(Rights::Ours),
        (None, Some(identity)) => Ok(Rights::OursForAnother(identity)),
        (Some(_), Some(identity)) => Ok(Rights::Another(identity)),
        (Some(danger), None) => {
            let what = format!("cannot open the {}: {danger}", owner.wants(path, "log"));
            let instead = match owner.identity {
                None => "set `user`",
                Some(_) => "another `user`",
            };
            Err(Error::new(ErrorKind::CannotCreate, what)
                .advise(format!("choose a directory that only root can write, or {instead}")))
        }
    }
}

impl Log {
    /// Opens a log for appending, creating it if need be, with the [`rights`] for that.
    pub(crate) fn open(path: &Path, owner: Owner<'_>) -> Result<Self, Error> {
        match rights(path, owner)? {
            Rights::Ours => Log::open_as_we_are(path, owner),
            Rights::OursForAnother(identity) => {
                let log = Log::open_as_we_are(path, owner)?;
                if log.created {
                    let directory = path.parent().unwrap_or(path);
                    log.give_to(identity, directory).inspect_err(|_| log.undo())?;
                }
                Ok(log)
            }
            Rights::Another(identity) => {
                let log = identity.act_temporarily(|| Log::open_as_we_are(path, owner))??;
                Ok(Log { opened_as: Some(identity.clone()), ..log })
            }
        }
    }

    /// Opens it with the rights that the process has now. A new log gets mode 0666 less the
    /// daemon's umask.
    ///
    /// A symbolic link as the last part of the path is not followed: otherwise whoever can write to
    /// the directory could have us append to a file of their choice.
    fn open_as_we_are(path: &Path, owner: Owner<'_>) -> Result<Self, Error> {
        let cannot = |errno| cannot_open(owner.wants(path, "log"), errno);
        let mode = Mode::from_bits_truncate(0o666 & !owner.umask as libc::mode_t);
        let (file, created) = loop {
            match open(path, APPEND, Mode::empty()) {
                Ok(file) => break (file, false),
                Err(Errno::ENOENT) => {}
                Err(errno) => return Err(cannot(errno)),
            }
            match open(path, APPEND | OFlag::O_CREAT | OFlag::O_EXCL, mode) {
                Ok(file) => break (file, true),
                Err(Errno::EEXIST) => {}
                Err(errno) => return Err(cannot(errno)),
            }
        };
        let mut log = Log {
            file,
            path: path.to_owned(),
            regular: None,
            length: 0,
            is_readable: false,
            created,
            opened_as: None,
        };
        match log.prepare(mode, owner.wants(path, "log")) {
            Ok(()) => Ok(log),
            Err(error) => {
                log.undo();
                Err(error)
            }
        }
    }

    fn prepare(&mut self, mode: Mode, wanted: Wanted<'_>) -> Result<(), Error> {
        let cannot = |errno| cannot_open(wanted, errno);
        let status = fstat(&self.file).map_err(cannot)?;
        refuse_unfit(&self.path, &status)?;
        if self.created && Mode::from_bits_truncate(status.st_mode) != mode {
            // The umask of whoever started us may take more than the daemon's. Where that cannot be
            // given back, because the file system has no modes (vfat), the log is open all the
            // same.
            let _ = fchmod(&self.file, mode);
        }
        // `O_NONBLOCK` was for the open alone: a FIFO without a reader would have blocked it.
        fcntl(&self.file, FcntlArg::F_SETFL(OFlag::O_APPEND)).map_err(cannot)?;
        self.length = u64::try_from(status.st_size).unwrap_or(0);
        let is_regular = file_type(&status) == SFlag::S_IFREG;
        self.regular = is_regular.then(|| Inode::of(&status));
        self.is_readable = is_regular && may_access(&self.path, AccessFlags::R_OK).is_ok();
        Ok(())
    }

    /// Gives a log that root created to the user, and to their group unless the directory has given
    /// it another.
    fn give_to(&self, identity: &Identity, directory: &Path) -> Result<(), Error> {
        let uid = identity.uid;
        let what = format!("cannot give the log {} to uid {uid}", self.path.display());
        let cannot =
            |errno: Errno| Error::new(ErrorKind::CannotCreate, what.clone()).because(errno);
        let status = fstat(&self.file).map_err(cannot)?;
        let directory_gives_group = status.st_gid != getegid().as_raw()
            || stat(directory).is_ok_and(|it| it.st_mode & Mode::S_ISGID.bits() != 0);
        let group = (!directory_gives_group).then_some(identity.gid);
        match fchown(&self.file, Some(uid), group) {
            Err(errno @ (Errno::EPERM | Errno::EOPNOTSUPP)) => match lacking(Capability::Chown) {
                Some(Lacking { why, advice }) => {
                    let what = format!("{what}: {why}");
                    Err(Error::new(ErrorKind::Permission, what).because(errno).advise(advice))
                }
                // The file system has no owners (vfat), and the log is open all the same.
                None => Ok(()),
            },
            given => given.map_err(cannot),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the log if this start created it and nothing was written to it.
    pub(crate) fn undo(&self) {
        self.as_new().iter().for_each(NewLog::remove_if_empty);
    }

    /// For removing it later, if this start created it.
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

const APPEND: OFlag = OFlag::O_WRONLY.union(OFlag::O_APPEND).union(OPEN_FLAGS);

pub(super) fn refuse_unfit(path: &Path, status: &FileStat) -> Result<(), Error> {
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

pub(super) fn cannot_open(wanted: Wanted<'_>, errno: Errno) -> Error {
    let advice = match errno {
        Errno::ENXIO => "nobody reads from it: choose another log".into(),
        _ => wanted.advice(errno),
    };
    let what = format!("cannot open the {wanted}");
    Error::new(ErrorKind::CannotCreate, what).because(errno).advise(advice)
}
