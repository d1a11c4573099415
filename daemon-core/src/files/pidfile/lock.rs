//! The lock of a pidfile, held on a description that can only read.

use std::os::fd::OwnedFd;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;

use crate::files::foreign::OPEN_FLAGS;
use crate::sys::descriptors::{lock_exclusively, lock_shared};

/// Locks a pidfile that is open for reading, or fails with `EWOULDBLOCK`.
///
/// Also with `ENOENT`, if the name of the file is gone.
pub(super) fn take(path: &Path, file: &OwnedFd) -> Result<(), Errno> {
    match lock_exclusively(file) {
        Err(Errno::EBADF) => take_through_writable(path, file),
        taken => taken,
    }
}

/// On NFS, where flock(2) is a lock of fcntl(2) at the server, an exclusive lock takes a
/// description that can write, and a shared one takes one that can read; see flock(2), "NFS
/// details".
///
/// Only whoever gets the exclusive lock gets further, and what is left of it is a shared one on the
/// file that can only be read: it forbids the exclusive lock to everybody else, and lets nobody
/// change the file. Turning one lock into the other may lose it to somebody who comes in between.
/// Then the second step fails, and it is they who hold it.
///
/// If the name leads to another file by now, the caller finds out and begins anew.
fn take_through_writable(path: &Path, file: &OwnedFd) -> Result<(), Errno> {
    let writable = open(path, OFlag::O_RDWR | OPEN_FLAGS, Mode::empty())?;
    lock_exclusively(&writable)?;
    lock_shared(&writable)?;
    lock_shared(file)
}
