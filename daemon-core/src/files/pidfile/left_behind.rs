//! The pidfile of a daemon that was ended during its start.

use std::path::PathBuf;

use nix::fcntl::{OFlag, open};
use nix::sys::stat::{Mode, fstat};

use crate::files::pidfile::open::OPEN_FLAGS;
use crate::files::pidfile::{lock, own};
use crate::sys::inode::Inode;

/// A pidfile that a daemon may leave behind when it is ended from outside.
#[derive(Debug)]
pub(crate) struct LeftBehind {
    path: PathBuf,
    inode: Inode,
    created: bool,
}

impl LeftBehind {
    /// `created` says whether the start created it.
    pub(super) fn new(path: PathBuf, inode: Inode, created: bool) -> Self {
        LeftBehind { path, inode, created }
    }

    /// Removes it, under the lock, if the start created it and nobody has taken it over.
    pub(crate) fn remove(&self) {
        let flags = OFlag::O_RDONLY | OPEN_FLAGS;
        let Ok(file) = open(&self.path, flags, Mode::empty()) else { return };
        let is_same = fstat(&file).is_ok_and(|status| Inode::of(&status) == self.inode);
        if self.created && is_same && lock::take(&self.path, &file).is_ok() {
            own::remove_if_same(&self.path, self.inode);
        }
    }
}
