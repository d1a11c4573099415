//! The file itself: how it is opened, and what is refused.

use std::os::fd::{IntoRawFd, OwnedFd};
use std::path::PathBuf;

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::{FileStat, Mode, fchmod};
use nix::sys::uio::pread;
use nix::unistd::{AccessFlags, Gid, Uid, fchown, ftruncate, geteuid};

use crate::error::{Error, ErrorKind};
use crate::files::advice::Wanted;
use crate::files::foreign::{OPEN_FLAGS, refuse_foreign};
use crate::files::removal::remove_if_same;
use crate::files::state::contents::Contents;
use crate::files::state::slot::{FILE, MARK};
use crate::files::state::writer::Writer;
use crate::process::identity::Identity;
use crate::sys::fstat;
use crate::sys::ids::may_access;
use crate::sys::inode::Inode;

/// Its owner writes it, and its group may read it, less what the umask takes.
const MODE: Mode = Mode::S_IRUSR.union(Mode::S_IWUSR).union(Mode::S_IRGRP);

/// A state file that the first state is in.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) path: PathBuf,
    pub(super) inode: Inode,
    pub(super) writer: Writer,
    /// To be closed.
    pub(super) unused: Option<OwnedFd>,
}

/// A state file, open and not written to yet.
#[derive(Debug)]
pub(crate) struct StateFile {
    path: PathBuf,
    file: OwnedFd,
    status: FileStat,
    mode: Mode,
}

impl StateFile {
    /// [`open`](super::open).
    pub(super) fn open(wanted: Wanted<'_>, euid: Uid, umask: u32) -> Result<Self, Error> {
        let mode = MODE & !Mode::from_bits_truncate(umask as libc::mode_t);
        let opened = open(wanted.path, OFlag::O_RDWR | OFlag::O_CREAT | OPEN_FLAGS, mode);
        let file = opened.map_err(|errno| cannot_create(wanted, errno))?;
        StateFile::checked(wanted, file, euid, mode)
    }

    /// Whether it could be opened, as far as can be told without writing anything: a file that is
    /// missing could be created if the pidfile could.
    pub(crate) fn could_be_opened(wanted: Wanted<'_>) -> Result<(), Error> {
        let cannot = |errno| cannot_create(wanted, errno);
        match open(wanted.path, OFlag::O_RDONLY | OPEN_FLAGS, Mode::empty()) {
            Ok(file) => StateFile::checked(wanted, file, geteuid(), Mode::empty()).map(drop)?,
            Err(Errno::ENOENT) => return Ok(()),
            Err(errno) => return Err(cannot(errno)),
        }
        may_access(wanted.path, AccessFlags::W_OK).map_err(cannot)
    }

    fn checked(wanted: Wanted<'_>, file: OwnedFd, euid: Uid, mode: Mode) -> Result<Self, Error> {
        let status = fstat(&file).map_err(|errno| cannot_create(wanted, errno))?;
        refuse_foreign(wanted, euid, &status)?;
        let state = StateFile { path: wanted.path.to_owned(), file, status, mode };
        if !state.is_new() {
            state.refuse_other_content(wanted)?;
        }
        Ok(state)
    }

    /// Ours is never empty, but for one whose start was killed.
    fn is_new(&self) -> bool {
        self.status.st_size == 0
    }

    /// A program may have a file of that name, with a state of quite another kind.
    fn refuse_other_content(&self, wanted: Wanted<'_>) -> Result<(), Error> {
        let mut beginning = [0; MARK.len()];
        let length =
            pread(&self.file, &mut beginning, 0).map_err(|errno| cannot_create(wanted, errno))?;
        if &beginning[..length] == MARK {
            return Ok(());
        }
        let what = format!("cannot use the {wanted}: it holds something other than that");
        Err(Error::new(ErrorKind::CannotCreate, what)
            .advise("remove it if it is not needed, or choose another pidfile"))
    }

    /// In the process that watches: which file to remove, if the daemon dies during its start.
    pub(crate) fn into_name(self) -> (PathBuf, Inode) {
        // Leaked on purpose: this process exits soon, and a close(2) is spared.
        std::mem::forget(self.file);
        (self.path, Inode::of(&self.status))
    }

    /// Undoes [`StateFile::open`], for a start that was refused after it.
    pub(crate) fn undo(&self) {
        if self.is_new() {
            remove_if_same(&self.path, Inode::of(&self.status));
        }
    }

    /// In the daemon: writes the first state.
    ///
    /// A daemon that changes its user or its root directory keeps no descriptor: with it, that user
    /// could fill the file system of root's files. Elsewhere there is no mapping: a file system that
    /// has no room left for a change of it would end the daemon, by SIGBUS.
    pub(super) fn begin(
        self,
        contents: &Contents,
        becomes: Option<&Identity>,
        changes_root: bool,
    ) -> Result<Begun, Error> {
        let StateFile { path, file, status, .. } = &self;
        let begin = || {
            self.put_right(becomes.map(|identity| identity.gid))?;
            if becomes.is_some() || changes_root {
                Writer::to_memory(file, contents)
            } else {
                Writer::to_descriptor(file, Inode::of(status), contents)
            }
        };
        let writer = begin().map_err(|errno| {
            self.undo();
            let what = format!("cannot write the state file {}", path.display());
            Error::new(ErrorKind::CannotCreate, what).because(errno)
        })?;
        let inode = Inode::of(status);
        let unused = match writer.descriptor() {
            // From here on it belongs to the process, not to a value.
            Some(_) => {
                let _ = self.file.into_raw_fd();
                None
            }
            None => Some(self.file),
        };
        Ok(Begun { path: self.path, inode, writer, unused })
    }

    fn put_right(&self, group: Option<Gid>) -> Result<(), Errno> {
        if self.status.st_size > FILE as libc::off_t {
            ftruncate(&self.file, FILE as libc::off_t)?;
        }
        if let Some(group) = group.filter(|group| group.as_raw() != self.status.st_gid) {
            fchown(&self.file, None, Some(group))?;
        }
        // The umask of whoever started us may have taken more of it, and an old file may have had
        // another one.
        if Mode::from_bits_truncate(self.status.st_mode) != self.mode {
            fchmod(&self.file, self.mode)?;
        }
        Ok(())
    }
}

fn cannot_create(wanted: Wanted<'_>, errno: Errno) -> Error {
    let is_link = errno == Errno::ELOOP;
    let advice = if is_link || errno == Errno::EISDIR || errno == Errno::ENXIO {
        "remove it, or choose another pidfile".to_owned()
    } else {
        Wanted { what: "pidfile", ..wanted }.advice(errno)
    };
    let what = format!("cannot create the {wanted}");
    let what = if is_link { format!("{what}: it is a symbolic link") } else { what };
    let error = Error::new(ErrorKind::CannotCreate, what);
    let error = if is_link { error } else { error.because(errno) };
    error.advise(advice)
}
