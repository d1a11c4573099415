//! The files that are refused as a pidfile, and the messages.

use std::os::fd::AsFd;
use std::path::Path;

use nix::errno::Errno;
use nix::sys::uio::pread;
use nix::unistd::{Pid, Uid};

use crate::error::{Error, ErrorKind, errno_of};
use crate::files::advice::Wanted;
use crate::files::safe_directories::writable_by_others;
use crate::process::identity::Identity;

/// How long the content of a pidfile may be, allowing for other programs that write numbers there.
const LONGEST_CONTENT: usize = 64;

/// Root creates no pidfile where the daemon's user, an ordinary user, or everybody could put
/// another in its place and so get some other process signalled.
pub(crate) fn refuse_foreign_directory(
    wanted: Wanted<'_>,
    euid: Uid,
    identity: Option<&Identity>,
) -> Result<(), Error> {
    let parent = wanted.path.parent().unwrap_or(wanted.path);
    let danger = writable_by_others(parent, euid, identity)
        .map_err(|error| cannot_create(wanted, errno_of(error)))?;
    let Some(danger) = danger else { return Ok(()) };
    let what = format!("cannot create the {wanted}: {danger}");
    Err(Error::new(ErrorKind::CannotCreate, what)
        .advise("choose a directory that only root can write"))
}

/// A file that holds anything but a number, of whatever value, was named by mistake: writing over
/// it, or removing it at exit, would destroy it.
pub(crate) fn refuse_other_content(
    path: &Path,
    file: impl AsFd,
    length: libc::off_t,
) -> Result<(), Error> {
    if length == 0 {
        return Ok(());
    }
    let mut content = [0; LONGEST_CONTENT + 1];
    let length = pread(file, &mut content, 0).map_err(|errno| {
        let what = format!("cannot read the pidfile {}", path.display());
        Error::new(ErrorKind::CannotCreate, what).because(errno).advise("choose another pidfile")
    })?;
    let is_number = |byte: &u8| byte.is_ascii_digit() || b" \t\r\n-+\0".contains(byte);
    if length <= LONGEST_CONTENT && content[..length].iter().all(is_number) {
        return Ok(());
    }
    let what = format!(
        "cannot use the pidfile {}: it holds something other than a process number",
        path.display()
    );
    Err(Error::new(ErrorKind::CannotCreate, what)
        .advise("remove it if it is not needed, or choose another pidfile"))
}

pub(crate) fn cannot_create(wanted: Wanted<'_>, errno: Errno) -> Error {
    let parent = wanted.path.parent().unwrap_or(wanted.path).display();
    let advice = match errno {
        Errno::ENOTDIR => format!("{parent} is not a directory: choose another pidfile"),
        _ => wanted.advice(errno),
    };
    let what = format!("cannot create the {wanted}");
    Error::new(ErrorKind::CannotCreate, what).because(errno).advise(advice)
}

/// Some file systems have no modes, vfat for example.
pub(super) fn cannot_hide(path: &Path, errno: Errno) -> Error {
    let what = format!("cannot let its owner alone read the pidfile {}", path.display());
    Error::new(ErrorKind::CannotCreate, what)
        .because(errno)
        .advise("choose a pidfile on a file system where files have modes")
}

pub(super) fn cannot_lock(path: &Path, errno: Errno) -> Error {
    let what = format!("cannot lock the pidfile {}", path.display());
    Error::new(ErrorKind::CannotCreate, what)
        .because(errno)
        .advise("choose a pidfile on a local file system")
}

/// `holder` is the process that is proved to hold it, if one is.
pub(crate) fn already_running(path: &Path, holder: Option<Pid>) -> Error {
    let what = match holder {
        Some(pid) => format!("already running: pid {pid} holds {}", path.display()),
        None => format!("already running: another process holds {}", path.display()),
    };
    Error::new(ErrorKind::AlreadyRunning, what)
}
