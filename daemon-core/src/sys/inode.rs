//! Which file a descriptor or a name refers to, and of which type it is.

use nix::sys::stat::{FileStat, SFlag};

/// The device and the inode of a file; see inode(7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Inode(libc::dev_t, libc::ino_t);

impl Inode {
    pub(crate) fn of(status: &FileStat) -> Self {
        Inode(status.st_dev, status.st_ino)
    }

    /// The two numbers.
    #[allow(clippy::unnecessary_cast, reason = "they are smaller on some systems")]
    pub(super) fn numbers(self) -> [u64; 2] {
        [self.0 as u64, self.1 as u64]
    }
}

/// The type of a file: `S_IFREG`, `S_IFDIR` and so on; see inode(7).
pub(crate) fn file_type(status: &FileStat) -> SFlag {
    SFlag::from_bits_truncate(status.st_mode & SFlag::S_IFMT.bits())
}
