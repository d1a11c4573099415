//! How a state file is read: nothing of it is trusted but its form.

use std::os::fd::BorrowedFd;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, OFlag, openat};
use nix::sys::stat::{Mode, SFlag};
use nix::sys::uio::pread;

use crate::files::foreign::OPEN_FLAGS;
use crate::files::state::contents::Contents;
use crate::files::state::slot::{FILE, Found, SLOT, decode};
use crate::sys::fstat;
use crate::sys::inode::file_type;

/// How often a file that is just being changed is read, before the state of before has to do.
const ATTEMPTS: usize = 10;

/// Why there is no state to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// There is no file.
    Missing,
    /// The system refuses it.
    Refused(Errno),
    /// Something else is in its place, which no daemon has written.
    Foreign(&'static str),
    /// A library of another version has written it.
    AnotherVersion,
}

/// Reads the state of a daemon.
///
/// Whatever is in the place of the file, this neither waits nor follows a link, nor reads more than
/// a state file is long.
pub(crate) fn read(path: &Path) -> Result<Contents, Unreadable> {
    read_in(AT_FDCWD, path)
}

/// The same of a path that is looked up in this directory, if it is relative.
pub(super) fn read_in(directory: BorrowedFd<'_>, path: &Path) -> Result<Contents, Unreadable> {
    let opened = openat(directory, path, OFlag::O_RDONLY | OPEN_FLAGS, Mode::empty());
    let file = opened.map_err(|errno| match errno {
        Errno::ENOENT => Unreadable::Missing,
        Errno::ELOOP => Unreadable::Foreign("a symbolic link"),
        Errno::ENXIO => Unreadable::Foreign("a socket, or a device that is not there"),
        errno => Unreadable::Refused(errno),
    })?;
    match fstat(&file).map(|status| file_type(&status)).map_err(Unreadable::Refused)? {
        SFlag::S_IFREG => {}
        SFlag::S_IFDIR => return Err(Unreadable::Foreign("a directory")),
        _ => return Err(Unreadable::Foreign("not a regular file")),
    }
    let mut buffer = [0; FILE];
    let mut found = Err(Unreadable::Foreign("not the state of a daemon"));
    for _ in 0..ATTEMPTS {
        let length = pread(&file, &mut buffer, 0).map_err(Unreadable::Refused)?;
        let (contents, is_being_changed) = newest(&buffer[..length]);
        found = contents;
        if !is_being_changed {
            break;
        }
    }
    found
}

/// The state in the slot with the higher number, and whether there is one that is not whole.
pub(super) fn newest(file: &[u8]) -> (Result<Contents, Unreadable>, bool) {
    let slots = file.chunks(SLOT).map(decode);
    let mut newest: Option<(u64, &[u8])> = None;
    let (mut is_of_another_version, mut is_being_changed) = (false, false);
    for slot in slots {
        match slot {
            Found::Nothing => {}
            Found::State { sequence, state } => {
                if newest.is_none_or(|(newest, _)| newest < sequence) {
                    newest = Some((sequence, state));
                }
            }
            Found::AnotherVersion => is_of_another_version = true,
            Found::Garbage => is_being_changed = true,
        }
    }
    let found = match newest {
        Some((_, state)) => Ok(Contents::decode(state)),
        None if is_of_another_version => Err(Unreadable::AnotherVersion),
        None => Err(Unreadable::Foreign("not the state of a daemon")),
    };
    (found, is_being_changed)
}
