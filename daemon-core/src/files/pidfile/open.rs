//! How a pidfile is opened or created.

use std::os::fd::OwnedFd;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;

use crate::files::foreign::OPEN_FLAGS;

/// Only its owner may open it: whoever can read it can lock it, and so prevent every start.
pub(super) const OWNER_ONLY: Mode = Mode::S_IRUSR.union(Mode::S_IWUSR);

/// Opens the file for reading, creating it if need be, and says whether it did. `None` if the file
/// went away in between.
pub(super) fn open_or_create(path: &Path) -> Result<Option<(OwnedFd, bool)>, Errno> {
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
