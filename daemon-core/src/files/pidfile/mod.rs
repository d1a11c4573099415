//! The pidfile: one instance at a time, and where to find it.
//!
//! The lock is the truth and the content is a hint. The lock is taken before the first fork, on a
//! description that is only open for reading, and lives as long as a process that shares the
//! description; the number is written through a second description, which is closed with the
//! launch, so that nothing that happens to the daemon later can make the file name another
//! process.

mod holder;
mod own;

pub(crate) use own::remove_own;

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags, OFlag, open};
use nix::sys::stat::{FileStat, Mode, SFlag, fchmod, fstat, fstatat};
use nix::sys::uio::pread;
use nix::unistd::{Pid, Uid, UnlinkatFlags, ftruncate, geteuid, unlinkat, write};

use crate::error::{Error, ErrorKind, errno_of};
use crate::files::safe_directories::writable_by_others;
use crate::process::identity::Identity;
use crate::sys;
use crate::sys::inode::{Inode, file_type};

/// Only its owner may open it: whoever can read it can lock it, and so forbid every start.
const OWNER_ONLY: Mode = Mode::S_IRUSR.union(Mode::S_IWUSR);

/// How long the content of a pidfile may be, with whatever else writes numbers there.
const LONGEST_CONTENT: usize = 64;

/// How often a pidfile may be replaced between our opening and locking it before we give up.
const ATTEMPTS: usize = 100;

/// A pidfile that this process, and the children it makes in the launch, hold locked.
#[derive(Debug)]
pub(crate) struct Pidfile {
    path: PathBuf,
    inode: Inode,
    /// Holds the lock, open for reading.
    lock: OwnedFd,
    /// Takes the number, open for writing.
    number: OwnedFd,
    /// Whether there was none before.
    created: bool,
    /// Its mode and length before this start.
    mode: Mode,
    length: libc::off_t,
}

impl Pidfile {
    /// Opens the pidfile, making it if need be, and locks it. `identity` is who the daemon becomes.
    pub(crate) fn lock(path: &Path, identity: Option<&Identity>) -> Result<Self, Error> {
        let cannot = |errno| cannot_create(path, errno);
        own::register_handlers()?;
        let euid = geteuid();
        if euid.is_root() {
            refuse_foreign_directory(path, identity)?;
        }

        for _ in 0..ATTEMPTS {
            let Some((lock, created)) = open_or_create(path).map_err(cannot)? else {
                continue;
            };
            match take_over(path, euid, &lock) {
                Ok(Some((number, before))) => {
                    return Ok(Pidfile {
                        path: path.to_owned(),
                        inode: Inode::of(&before),
                        lock,
                        number,
                        created,
                        mode: Mode::from_bits_truncate(before.st_mode),
                        length: before.st_size,
                    });
                }
                Ok(None) => {}
                Err(error) => {
                    // Unless somebody else was faster and has it now.
                    if created && error.kind() != ErrorKind::AlreadyRunning {
                        let status = fstat(&lock);
                        status.iter().for_each(|status| remove_if_same(path, Inode::of(status)));
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

    /// Writes the number of the process that holds it.
    ///
    /// First the number, then the end: whoever reads in between finds it in the first line.
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

    /// Keeps the lock for the life of this process, the owner, and in no child of it; at its normal
    /// exit the file is removed.
    pub(crate) fn keep(self, owner: Pid) {
        own::keep(self.path, self.inode, self.lock, owner);
    }

    /// Takes back what [`Pidfile::lock`] did, for a start that was refused after it.
    pub(crate) fn give_up(&self) {
        if self.created {
            remove_if_same(&self.path, self.inode);
        } else if self.mode != OWNER_ONLY {
            let _ = fchmod(&self.lock, self.mode);
        }
    }

    /// Lets go of the lock, and keeps what is needed to remove the file should the daemon that
    /// holds it die of its start.
    pub(crate) fn into_left_behind(self) -> LeftBehind {
        // This process ends before it matters.
        std::mem::forget(self.number);
        LeftBehind { path: self.path, inode: self.inode, created: self.created }
    }
}

/// The number in decimal and a newline. By hand, because in a new process the formatting of the
/// standard library costs as much as the system calls around it.
fn line(pid: Pid, buffer: &mut [u8; 16]) -> &[u8] {
    let mut rest = pid.as_raw();
    let mut start = buffer.len() - 1;
    buffer[start] = b'\n';
    loop {
        start -= 1;
        buffer[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            return &buffer[start..];
        }
    }
}

/// A pidfile that a daemon may leave behind when it is ended from outside.
#[derive(Debug)]
pub(crate) struct LeftBehind {
    path: PathBuf,
    inode: Inode,
    created: bool,
}

impl LeftBehind {
    /// Removes it, under the lock, if the start made it and nobody has taken it over.
    pub(crate) fn remove(&self) {
        let flags = OFlag::O_RDONLY | OPEN_FLAGS;
        let Ok(file) = open(&self.path, flags, Mode::empty()) else { return };
        let is_same = fstat(&file).is_ok_and(|status| Inode::of(&status) == self.inode);
        if self.created && is_same && sys::descriptors::lock_exclusively(&file).is_ok() {
            remove_if_same(&self.path, self.inode);
        }
    }
}

/// The last part of the path is never followed through a symbolic link, and a FIFO put there does
/// not make us wait for somebody who opens its other end.
const OPEN_FLAGS: OFlag =
    OFlag::O_NOFOLLOW.union(OFlag::O_NONBLOCK).union(OFlag::O_NOCTTY).union(OFlag::O_CLOEXEC);

/// Opens the file for reading and says whether it was made for that. `None` if it came or went in
/// between.
fn open_or_create(path: &Path) -> Result<Option<(OwnedFd, bool)>, Errno> {
    let flags = OFlag::O_RDONLY | OFlag::O_CREAT | OFlag::O_EXCL | OPEN_FLAGS;
    match open(path, flags, OWNER_ONLY) {
        Ok(file) => return Ok(Some((file, true))),
        Err(Errno::EEXIST) => {}
        Err(errno) => return Err(errno),
    }
    match open(path, OFlag::O_RDONLY | OPEN_FLAGS, Mode::empty()) {
        Ok(file) => Ok(Some((file, false))),
        Err(Errno::ENOENT) => Ok(None),
        Err(errno) => Err(errno),
    }
}

/// Locks a file that was opened under this name. Gives a second description, to write to, and what
/// the file was like before; `None` if it is not the file of that name any more.
fn take_over(path: &Path, euid: Uid, lock: &OwnedFd) -> Result<Option<(OwnedFd, FileStat)>, Error> {
    let cannot = |errno| cannot_create(path, errno);
    let mut before = fstat(lock).map_err(cannot)?;
    if before.st_nlink == 0 {
        return Ok(None); // removed since it was opened
    }
    refuse_foreign(path, euid, &before)?;
    match sys::descriptors::lock_exclusively(lock) {
        Ok(()) => {}
        Err(Errno::EWOULDBLOCK) => return Err(already_running(path, lock)),
        Err(errno) => return Err(cannot_lock(path, errno)),
    }
    refuse_other_content(path, lock, before.st_size)?;
    if Mode::from_bits_truncate(before.st_mode) != OWNER_ONLY {
        fchmod(lock, OWNER_ONLY).map_err(cannot)?;
    }
    // The name may have come to stand for another file before it was locked: a lock on a file that
    // nobody else will find is no lock. And whoever had the lock before may have written meanwhile.
    let number = match open(path, OFlag::O_WRONLY | OPEN_FLAGS, Mode::empty()) {
        Ok(number) => number,
        Err(Errno::ENOENT) => return Ok(None),
        Err(errno) => return Err(cannot(errno)),
    };
    let locked = fstat(&number).map_err(cannot)?;
    before.st_size = locked.st_size;
    Ok((Inode::of(&locked) == Inode::of(&before)).then_some((number, before)))
}

/// Root makes no pidfile where the daemon's user, or everybody, could put another in its place and
/// so have some other process signalled.
fn refuse_foreign_directory(path: &Path, identity: Option<&Identity>) -> Result<(), Error> {
    let parent = path.parent().unwrap_or(path);
    let danger = writable_by_others(parent, identity)
        .map_err(|error| cannot_create(path, errno_of(error)))?;
    let Some(danger) = danger else { return Ok(()) };
    let what = format!("cannot create the pidfile {}: {danger}", path.display());
    Err(Error::new(ErrorKind::CannotCreate, what)
        .advise("choose a directory that only root can write"))
}

/// A file that somebody else prepared is not ours to lock or to write.
fn refuse_foreign(path: &Path, euid: Uid, status: &FileStat) -> Result<(), Error> {
    let refuse = |why: String, advice: &str| {
        let what = format!("cannot use the pidfile {}: {why}", path.display());
        Err(Error::new(ErrorKind::CannotCreate, what).advise(advice))
    };
    if file_type(status) != SFlag::S_IFREG {
        let why = "it is not a regular file".to_owned();
        return refuse(why, "remove it, or choose another pidfile");
    }
    if status.st_nlink > 1 {
        let why = format!("it has {} links, so it is another file too", status.st_nlink);
        return refuse(why, "remove it, or choose another pidfile");
    }
    if status.st_uid != euid.as_raw() {
        let why = format!("it belongs to uid {}, not to uid {}", status.st_uid, euid);
        return refuse(why, "remove it, or choose a pidfile in a directory of your own");
    }
    Ok(())
}

/// A file that holds anything but a number, of whatever value, was named by mistake: to write over
/// it, and to remove it at exit, would destroy it.
fn refuse_other_content(path: &Path, file: &OwnedFd, length: libc::off_t) -> Result<(), Error> {
    if length == 0 {
        return Ok(());
    }
    let mut content = [0; LONGEST_CONTENT + 1];
    let length = pread(file, &mut content, 0).map_err(|errno| cannot_create(path, errno))?;
    let is_number = |byte: &u8| byte.is_ascii_digit() || b" \t\r\n-+\0".contains(byte);
    if length <= LONGEST_CONTENT && content[..length].iter().all(is_number) {
        return Ok(());
    }
    let what = format!(
        "cannot use the pidfile {}: it holds something else than the number of a process",
        path.display()
    );
    Err(Error::new(ErrorKind::CannotCreate, what)
        .advise("remove it if it is not needed, or choose another pidfile"))
}

fn cannot_create(path: &Path, errno: Errno) -> Error {
    let parent = path.parent().unwrap_or(path).display();
    let advice = match errno {
        Errno::ENOENT => format!("create {parent}, or choose another pidfile"),
        Errno::ENOTDIR => format!("{parent} is not a directory: choose another pidfile"),
        Errno::ELOOP => "it is a symbolic link, which is not followed: name the file itself".into(),
        Errno::EACCES | Errno::EPERM | Errno::EROFS => format!(
            "choose a place that uid {} may write; `pidfile` without a value is the usual one",
            geteuid()
        ),
        _ => "choose another pidfile".to_owned(),
    };
    let what = format!("cannot create the pidfile {}", path.display());
    Error::new(ErrorKind::CannotCreate, what).because(errno).advise(advice)
}

fn cannot_lock(path: &Path, errno: Errno) -> Error {
    let what = format!("cannot lock the pidfile {}", path.display());
    Error::new(ErrorKind::CannotCreate, what)
        .because(errno)
        .advise("choose a pidfile on a local file system")
}

fn already_running(path: &Path, file: &OwnedFd) -> Error {
    let what = match holder::proven(file) {
        Some(pid) => format!("already running: pid {pid} holds {}", path.display()),
        None => format!("already running: another process holds {}", path.display()),
    };
    Error::new(ErrorKind::AlreadyRunning, what)
}

/// Removes the file unless the name has come to stand for another one. Where that cannot be done
/// (no permission any more, another root directory), the file stays, harmless without its lock.
fn remove_if_same(path: &Path, inode: Inode) {
    let is_same = fstatat(AT_FDCWD, path, AtFlags::AT_SYMLINK_NOFOLLOW)
        .is_ok_and(|status| Inode::of(&status) == inode);
    if is_same {
        let _ = unlinkat(AT_FDCWD, path, UnlinkatFlags::NoRemoveDir);
    }
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
