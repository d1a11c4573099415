//! Which file a descriptor or a name stands for.

use nix::sys::stat::FileStat;

/// The device and the inode of a file; see inode(7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Inode(libc::dev_t, libc::ino_t);

impl Inode {
    pub(crate) fn of(status: &FileStat) -> Self {
        Inode(status.st_dev, status.st_ino)
    }
}
