//! The pidfile: one instance at a time, and where to find it.
//!
//! The lock is the truth and the content is a hint. The lock is taken before the first fork, on an
//! open file description for reading only, and lives as long as any process shares it. The number
//! is written through a second description, which is closed at the end of the launch, so that
//! nothing that happens to the daemon later can make the file name another process. On NFS it is
//! the same with a shared lock, which keeps the exclusive one from everybody else.

mod found;
mod holder;
mod left_behind;
mod lock;
mod open;
mod own;
#[cfg(test)]
mod properties;
mod refusals;

pub(crate) use found::{Found, Opened};
pub(crate) use left_behind::LeftBehind;
pub(crate) use own::{is_held_by_this_process, remove_own};
pub(crate) use refusals::already_running;
pub(super) use refusals::{cannot_create, refuse_foreign_directory, refuse_other_content};

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{self, OFlag};
use nix::sys::stat::{FileStat, Mode, fchmod};
use nix::unistd::{Pid, Uid, ftruncate, geteuid, getpid, write};

use crate::error::{Error, ErrorKind};
use crate::files::advice::Wanted;
use crate::files::foreign::{OPEN_FLAGS, refuse_foreign};
use crate::files::pidfile::open::{OWNER_ONLY, open_or_create};
use crate::files::pidfile::refusals::{cannot_hide, cannot_lock};
use crate::files::removal::remove_if_same;
use crate::process::identity::Identity;
use crate::process::own::OwnProcess;
use crate::sys::descriptors::{close_together, lock_for_reading};
use crate::sys::fstat;
use crate::sys::inode::Inode;
use crate::text::decimal;

/// How often a pidfile may be replaced between our opening and locking it before we give up.
const ATTEMPTS: usize = 100;

/// A pidfile that is locked by this process and the children that it makes in the launch.
#[derive(Debug)]
pub(crate) struct Pidfile {
    path: PathBuf,
    inode: Inode,
    /// Holds the lock, open for reading.
    lock: OwnedFd,
    /// Takes the number, open for writing.
    number: OwnedFd,
    /// Whether this start created it.
    created: bool,
    /// Its owner, who is the present user: anybody else's is refused.
    owner: Uid,
    /// Its mode and length before this start.
    mode: Mode,
    length: libc::off_t,
}

impl Pidfile {
    /// Opens the pidfile, creating it if need be, and locks it. `identity` is that of the daemon.
    pub(super) fn lock(wanted: Wanted<'_>, identity: Option<&Identity>) -> Result<Self, Error> {
        let path = wanted.path;
        let cannot = |errno| cannot_create(wanted, errno);
        own::register_handlers()?;
        refuse_own(path)?;
        let euid = geteuid();
        if Identity::is_weaker_than(identity, euid) {
            refuse_foreign_directory(wanted, euid, identity)?;
        }

        for _ in 0..ATTEMPTS {
            let Some((lock, created)) = open_or_create(path).map_err(cannot)? else {
                continue;
            };
            match take_over(wanted, euid, &lock) {
                Ok(Some((number, before))) => {
                    return Ok(Pidfile {
                        path: path.to_owned(),
                        inode: Inode::of(&before),
                        lock,
                        number,
                        created,
                        owner: euid,
                        mode: Mode::from_bits_truncate(before.st_mode),
                        length: before.st_size,
                    });
                }
                Ok(None) => {}
                Err(error) => {
                    // Unless somebody else was faster and holds it now.
                    if created && error.kind() != ErrorKind::AlreadyRunning {
                        if let Ok(status) = fstat(&lock) {
                            remove_if_same(path, Inode::of(&status));
                        }
                    }
                    return Err(error);
                }
            }
        }
        Err(Error::new(
            ErrorKind::CannotCreate,
            format!(
                "cannot lock the pidfile {}: it is being replaced all the time",
                path.display()
            ),
        )
        .advise("find out which program does that, or choose another pidfile"))
    }

    /// The present user, without another system call.
    pub(super) fn owner(&self) -> Uid {
        self.owner
    }

    /// Writes the number of the process that holds it.
    ///
    /// First the number, then the truncation: whoever reads in between finds it in the first line.
    pub(crate) fn write_number(&self, pid: Pid) -> Result<(), Error> {
        let mut buffer = [0; 16];
        let line = line(pid, &mut buffer);
        let length = line.len() as libc::off_t;
        let write = || {
            if write(&self.number, line)? < line.len() {
                return Err(Errno::ENOSPC);
            }
            if self.length > length { ftruncate(&self.number, length) } else { Ok(()) }
        };
        write().map_err(|errno| {
            let what = format!("cannot write the pidfile {}", self.path.display());
            Error::new(ErrorKind::CannotCreate, what).because(errno)
        })
    }

    /// Keeps the lock for the life of this process, the owner, but not in its children; the file is
    /// removed when it exits normally.
    ///
    /// Besides, the owner locks the file for reading, by which the kernel can name it, see
    /// [`holder`]. From here on it must not open the file again: closing it drops that lock. There
    /// may be no such lock, on some file systems; then nothing is said in its place.
    ///
    /// `needless` are closed together with the description that wrote the number.
    pub(crate) fn keep(self, owner: OwnProcess, needless: impl IntoIterator<Item = OwnedFd>) {
        close_together([self.number].into_iter().chain(needless));
        let _ = lock_for_reading(&self.lock);
        own::keep(self.path, self.inode, self.lock, owner);
    }

    /// Undoes [`Pidfile::lock`], for a start that was refused after it.
    pub(crate) fn undo(&self) {
        if self.created {
            remove_if_same(&self.path, self.inode);
        } else if self.mode != OWNER_ONLY {
            let _ = fchmod(&self.lock, self.mode);
        }
    }

    /// In the process that watches: keeps what is needed to remove the file if the daemon that
    /// holds it dies during its start.
    pub(crate) fn into_left_behind(self) -> LeftBehind {
        // Leaked on purpose: this process exits soon, and a close(2) is spared.
        std::mem::forget(self.number);
        LeftBehind::new(self.path, self.inode, self.lock, self.created)
    }
}

/// The pidfile that this process holds already is not opened, see [`own::is_at`].
pub(super) fn refuse_own(path: &Path) -> Result<(), Error> {
    if own::is_at(path) { Err(already_running(path, Some(getpid()))) } else { Ok(()) }
}

/// The number in decimal and a newline.
fn line(pid: Pid, buffer: &mut [u8; 16]) -> &[u8] {
    let [digits @ .., newline] = buffer;
    *newline = b'\n';
    let start = decimal(pid.as_raw().unsigned_abs().into(), digits);
    &buffer[start..]
}

/// Locks a file that was opened under this name. Returns a second description, to write to, and the
/// status of the file before; `None` if the name no longer leads to this file.
fn take_over(
    wanted: Wanted<'_>,
    euid: Uid,
    file: &OwnedFd,
) -> Result<Option<(OwnedFd, FileStat)>, Error> {
    let path = wanted.path;
    let cannot = |errno| cannot_create(wanted, errno);
    let mut before = fstat(file).map_err(cannot)?;
    if before.st_nlink == 0 {
        return Ok(None); // removed since it was opened
    }
    refuse_foreign(wanted, euid, &before)?;
    match lock::take(path, file) {
        Ok(()) => {}
        Err(Errno::ENOENT) => return Ok(None),
        Err(Errno::EWOULDBLOCK) => return Err(already_running(path, holder::proven(file))),
        Err(errno) => return Err(cannot_lock(path, errno)),
    }
    refuse_other_content(path, file, before.st_size)?;
    if Mode::from_bits_truncate(before.st_mode) != OWNER_ONLY {
        fchmod(file, OWNER_ONLY).map_err(|errno| cannot_hide(path, errno))?;
    }
    // The name may have been given to another file before this one was locked: a lock on a file
    // that nobody else will find is useless. And the previous holder of the lock may have written
    // meanwhile.
    let number = match fcntl::open(path, OFlag::O_WRONLY | OPEN_FLAGS, Mode::empty()) {
        Ok(number) => number,
        Err(Errno::ENOENT) => return Ok(None),
        Err(errno) => return Err(cannot(errno)),
    };
    let locked = fstat(&number).map_err(cannot)?;
    before.st_size = locked.st_size;
    Ok((Inode::of(&locked) == Inode::of(&before)).then_some((number, before)))
}

#[cfg(test)]
mod tests {
    use super::{Pid, line};

    #[test]
    fn the_line_is_the_number_in_decimal() {
        for number in [1, 9, 10, 4242, i32::MAX] {
            assert_eq!(line(Pid::from_raw(number), &mut [0; 16]), format!("{number}\n").as_bytes());
        }
    }
}
