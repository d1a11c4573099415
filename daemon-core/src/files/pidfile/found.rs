//! A pidfile seen from outside: who holds it, without taking its lock.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags, OFlag, open};
use nix::sys::stat::{FileStat, Mode, fstatat};
use nix::unistd::{Pid, geteuid};

use crate::files::foreign::{OPEN_FLAGS, not_one_regular_file};
use crate::files::pidfile::holder::number_in;
use crate::files::pidfile::lock;
use crate::files::removal::remove_if_same_in;
use crate::files::state;
use crate::sys;
use crate::sys::descriptors::{Reader, reader};
use crate::sys::fstat;
use crate::sys::inode::Inode;

/// A pidfile that somebody may hold.
#[derive(Debug)]
pub(crate) struct Opened {
    path: PathBuf,
    file: OwnedFd,
    status: FileStat,
}

/// Who holds a pidfile.
#[derive(Debug)]
pub(crate) enum Found {
    /// Nobody: there is none, or nobody has locked it.
    Nobody,
    /// It is locked, and nothing says by whom yet: as a rule a start is under way.
    Unnamed,
    /// This process, by the kernel's word and by the number in the file.
    Process(Pid),
    /// Somebody, but there is no proof of who it is. This is why.
    Unproven(String),
}

impl Opened {
    /// Opens it, as a start does, but for reading alone. `None` if there is none.
    pub(crate) fn at(path: &Path) -> Result<Option<Self>, Errno> {
        let file = match open(path, OFlag::O_RDONLY | OPEN_FLAGS, Mode::empty()) {
            Ok(file) => file,
            Err(Errno::ENOENT | Errno::ENOTDIR) => return Ok(None),
            Err(errno) => return Err(errno),
        };
        let status = fstat(&file)?;
        Ok(Some(Opened { path: path.to_owned(), file, status }))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn file(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }

    /// Its status when it was opened.
    pub(crate) fn status(&self) -> &FileStat {
        &self.status
    }

    /// The user that the file belongs to.
    pub(crate) fn owner(&self) -> libc::uid_t {
        self.status.st_uid
    }

    /// Who holds it at this moment.
    pub(crate) fn holder(&self) -> Found {
        if let Some(why) = not_one_regular_file(&self.status) {
            return Found::Unproven(why);
        }
        match reader(&self.file) {
            Some(Reader::Process(pid)) => self.confirmed(pid),
            Some(Reader::ElsewhereOrNobody) => {
                let why = "the process that holds it is in another process namespace: ask there, or on \
                           the host";
                Found::Unproven(why.to_owned())
            }
            None => self.holder_by_descriptor(),
        }
    }

    /// Whether the second witness, the number in the file, agrees with the kernel. A process of
    /// another namespace has written the number that it has there.
    fn confirmed(&self, pid: Pid) -> Found {
        let Some(number) = number_in(&self.file) else {
            // Written at its start, and by nobody afterwards.
            return if self.is_empty() {
                Found::Unnamed
            } else {
                Found::Unproven(format!(
                    "process {pid} holds it, and what it says is not a process number"
                ))
            };
        };
        let own_number = sys::proc::status_of(pid).map_or(pid, |status| status.own_number);
        if number == own_number {
            return Found::Process(pid);
        }
        Found::Unproven(format!("process {pid} holds it, and it names process {number}"))
    }

    fn is_empty(&self) -> bool {
        fstat(&self.file).is_ok_and(|status| status.st_size == 0)
    }

    /// A holder without the lock for reading shows by its own descriptor, if it may be looked at.
    fn holder_by_descriptor(&self) -> Found {
        let holds = |pid: &Pid| sys::proc::holds_exclusive_lock(*pid, &self.file);
        if let Some(pid) = number_in(&self.file).filter(holds) {
            return Found::Process(pid);
        }
        match sys::proc::is_locked(&self.file) {
            Some(true) => Found::Unnamed,
            Some(false) => Found::Nobody,
            None => Found::Unproven("whether it is locked cannot be seen without /proc".to_owned()),
        }
    }

    /// Whether its name still leads to this file.
    pub(crate) fn is_at_its_path(&self) -> bool {
        self.is_at(AT_FDCWD, &self.path)
    }

    fn is_at(&self, directory: BorrowedFd<'_>, path: &Path) -> bool {
        fstatat(directory, path, AtFlags::AT_SYMLINK_NOFOLLOW)
            .is_ok_and(|status| Inode::of(&status) == Inode::of(&self.status))
    }

    /// The processes that hold it, as far as they can be seen: also those that share the lock of one
    /// that has ended.
    pub(crate) fn processes(&self) -> Vec<Pid> {
        sys::proc::holders_of(&self.file)
    }

    /// Takes the lock, and does this while holding it: nobody starts meanwhile. `false` if somebody
    /// else has it.
    fn while_locked(&self, act: impl FnOnce()) -> bool {
        let taken = lock::take(&self.path, &self.file);
        if taken.is_ok() {
            act();
            let _ = sys::descriptors::unlock(&self.file);
        }
        taken != Err(Errno::EWOULDBLOCK)
    }

    /// Removes what its daemon, which has ended, has left behind: this file, unless the name belongs to
    /// another one by now, and the state beside it.
    ///
    /// Root removes a user's files only in a directory that belongs to that user too, who could remove
    /// whatever is in it, and only by a descriptor of that directory: the user may have the path lead
    /// elsewhere meanwhile. What is left is harmless without its lock.
    ///
    /// `false` if somebody holds its lock: then nothing is removed.
    pub(crate) fn remove_what_is_left(&self) -> bool {
        if geteuid().as_raw() == self.owner() {
            self.remove_in(AT_FDCWD, &self.path)
        } else if let Some((directory, name)) = self.directory_of_its_owner() {
            self.remove_in(directory.as_fd(), name)
        } else {
            self.while_locked(|| {})
        }
    }

    fn remove_in(&self, directory: BorrowedFd<'_>, path: &Path) -> bool {
        self.while_locked(|| {
            if self.is_at(directory, path) {
                state::remove_beside(directory, path);
                remove_if_same_in(directory, path, Inode::of(&self.status));
            }
        })
    }

    /// The directory that it is in, and its name there, if it belongs to whom the directory belongs to.
    fn directory_of_its_owner(&self) -> Option<(OwnedFd, &Path)> {
        let (parent, name) = (self.path.parent()?, self.path.file_name()?);
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC | OFlag::O_NONBLOCK;
        let directory = open(parent, flags, Mode::empty()).ok()?;
        let is_theirs = fstat(&directory).is_ok_and(|status| status.st_uid == self.owner());
        is_theirs.then_some((directory, Path::new(name)))
    }
}
