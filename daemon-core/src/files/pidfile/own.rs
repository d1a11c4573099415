//! The pidfile that this process holds, and what happens to it when the process forks or exits.

use std::os::fd::{IntoRawFd, OwnedFd, RawFd};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::sys::stat::lstat;

use crate::error::Error;
use crate::files::removal::remove_if_same;
use crate::files::state;
use crate::process::own::OwnProcess;
use crate::sys;
use crate::sys::inode::Inode;

/// The pidfile of this process, for the handlers below, which take no arguments.
static HELD: OnceLock<Held> = OnceLock::new();

#[derive(Debug)]
struct Held {
    path: PathBuf,
    inode: Inode,
    owner: OwnProcess,
    lock: RawFd,
}

/// Keeps the lock, and what is needed to remove the file at exit, for the life of this process.
pub(super) fn keep(path: PathBuf, inode: Inode, lock: OwnedFd, owner: OwnProcess) {
    // From here on the descriptor belongs to the process, not to a value. A process has one
    // pidfile: a second launch in the foreground keeps only the lock.
    let _ = HELD.set(Held { path, inode, owner, lock: lock.into_raw_fd() });
}

/// Registers the handlers below, which do nothing until a pidfile is held. Before the first fork,
/// because a failure can still refuse the start there, and because in a new process each page of
/// the C library that is used has to be mapped anew.
pub(super) fn register_handlers() -> Result<(), Error> {
    static REGISTERED: AtomicBool = AtomicBool::new(false);
    if REGISTERED.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    sys::process::after_fork_in_the_child(release_in_child)
        .and_then(|()| sys::process::at_exit(remove_at_exit))
        .map_err(|errno| Error::cannot("have the pidfile removed at exit", errno))
}

/// Called in each child that the daemon forks: a child that lives longer than the daemon must not
/// keep the next one from starting. close(2) is async-signal-safe.
///
/// Only once, and only if it is still the pidfile's: the number may be reused for another file, by
/// the daemon or by the child, which the child or its own children need.
extern "C" fn release_in_child() {
    state::own::release_in_child();
    static RELEASED: AtomicBool = AtomicBool::new(false);
    if let Some(held) = HELD.get().filter(|_| !RELEASED.swap(true, Ordering::Relaxed)) {
        if sys::descriptors::is_file(held.lock, held.inode) {
            sys::descriptors::close(held.lock);
        }
    }
}

/// Called at the normal exit of the daemon, and of children that it forked, which do not own it.
extern "C" fn remove_at_exit() {
    remove_own();
}

/// Whether this process is a daemon with a pidfile.
pub(crate) fn is_held_by_this_process() -> bool {
    HELD.get().is_some_and(|held| held.owner.is_this())
}

/// Whether this process is a daemon and the file at this path is its pidfile, which it must not open:
/// with the closing of any descriptor of it goes the lock by which the kernel names this process; see
/// fcntl(2), "Advisory record locking".
pub(super) fn is_at(path: &Path) -> bool {
    HELD.get()
        .filter(|held| held.owner.is_this())
        .is_some_and(|held| lstat(path).is_ok_and(|status| Inode::of(&status) == held.inode))
}

/// Removes the pidfile of this process, if it has one. What it says of itself stays, so that it is
/// known that it ended by itself.
///
/// A program that has closed the lock, which is not its own, has let another daemon take both over.
pub(crate) fn remove_own() {
    let held = HELD.get().filter(|held| held.owner.is_this());
    if held.is_some_and(|held| !sys::descriptors::is_file(held.lock, held.inode)) {
        return;
    }
    // While the lock is still there.
    state::own::end();
    if let Some(held) = held {
        remove_if_same(&held.path, held.inode);
    }
}
