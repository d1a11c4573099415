//! Removing a file of ours by its name, which may be that of another file by now.

use std::os::fd::BorrowedFd;
use std::path::Path;

use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::sys::stat::fstatat;
use nix::unistd::{UnlinkatFlags, unlinkat};

use crate::sys::inode::Inode;

/// Removes the file unless the name belongs to another one by now, and says whether it did. If it
/// cannot be removed (no permission any more, another root directory), it stays.
pub(super) fn remove_if_same(path: &Path, inode: Inode) -> bool {
    remove_if_same_in(AT_FDCWD, path, inode)
}

/// The same of a path that is looked up in this directory, if it is relative.
pub(super) fn remove_if_same_in(directory: BorrowedFd<'_>, path: &Path, inode: Inode) -> bool {
    let is_same = fstatat(directory, path, AtFlags::AT_SYMLINK_NOFOLLOW)
        .is_ok_and(|status| Inode::of(&status) == inode);
    is_same && unlinkat(directory, path, UnlinkatFlags::NoRemoveDir).is_ok()
}
