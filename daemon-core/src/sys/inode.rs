//! Which file a descriptor or a name refers to, and of which type it is.

use std::sync::atomic::{AtomicU64, Ordering};

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
    fn numbers(self) -> [u64; 2] {
        [self.0 as u64, self.1 as u64]
    }
}

/// Which file something is at present, without a lock: signal handlers look at it, and a forked child
/// would find a lock taken for ever. None at first. Whoever looks in the middle of a change finds the
/// device of one file and the inode of another, and takes neither for it.
#[derive(Debug, Default)]
pub(crate) struct AtomicInode {
    device: AtomicU64,
    inode: AtomicU64,
}

impl AtomicInode {
    pub(crate) const fn none() -> Self {
        AtomicInode { device: AtomicU64::new(0), inode: AtomicU64::new(0) }
    }

    /// Async-signal-safe.
    pub(crate) fn set(&self, file: Inode) {
        let [device, inode] = file.numbers();
        self.device.store(device, Ordering::Relaxed);
        self.inode.store(inode, Ordering::Relaxed);
    }

    /// Async-signal-safe.
    #[allow(clippy::unnecessary_cast, reason = "they are smaller on some systems")]
    pub(crate) fn get(&self) -> Option<Inode> {
        let inode = self.inode.load(Ordering::Relaxed);
        let device = self.device.load(Ordering::Relaxed);
        // No file has that number.
        (inode != 0).then_some(Inode(device as libc::dev_t, inode as libc::ino_t))
    }
}

/// The type of a file: `S_IFREG`, `S_IFDIR` and so on; see inode(7).
pub(crate) fn file_type(status: &FileStat) -> SFlag {
    SFlag::from_bits_truncate(status.st_mode & SFlag::S_IFMT.bits())
}
