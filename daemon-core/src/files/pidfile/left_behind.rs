//! The pidfile of a daemon that was ended during its start.

use std::os::fd::OwnedFd;
use std::path::PathBuf;

use crate::files::removal::remove_if_same;
use crate::files::state::StateFile;
use crate::sys::inode::Inode;

/// A pidfile that a daemon may leave behind when it is ended from outside.
#[derive(Debug)]
pub(crate) struct LeftBehind {
    path: PathBuf,
    inode: Inode,
    /// The lock, which the daemon shares: as long as this process keeps it too, nobody else can
    /// take the file over.
    _lock: OwnedFd,
    created: bool,
    /// The daemon's state file, if it has one.
    state: Option<(PathBuf, Inode)>,
}

impl LeftBehind {
    /// `created` says whether the start created it.
    pub(super) fn new(path: PathBuf, inode: Inode, lock: OwnedFd, created: bool) -> Self {
        LeftBehind { path, inode, _lock: lock, created, state: None }
    }

    /// The same, with the state file beside it: nothing that it says is true after the start.
    pub(crate) fn with_state(self, state: Option<StateFile>) -> Self {
        LeftBehind { state: state.map(StateFile::into_name), ..self }
    }

    /// Removes it, if the start created it, and lets go of the lock.
    pub(crate) fn remove(self) {
        if let Some((path, inode)) = self.state {
            remove_if_same(&path, inode);
        }
        if self.created {
            remove_if_same(&self.path, self.inode);
        }
    }
}
