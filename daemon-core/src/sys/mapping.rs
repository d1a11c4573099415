//! Memory that is shared with a file: mmap(2).

use std::os::fd::{AsFd, AsRawFd};
use std::ptr::{self, NonNull};

use nix::errno::Errno;

/// Memory that is shared with a file. Whoever reads the file finds what was written to the memory,
/// as soon as it is there and also after the end of this process; see `MAP_SHARED` in mmap(2).
#[derive(Debug)]
pub(crate) struct SharedMemory {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: the memory belongs to the process, and only `write` reaches it, by an exclusive reference.
unsafe impl Send for SharedMemory {}

impl SharedMemory {
    /// `mmap(length, PROT_READ | PROT_WRITE, MAP_SHARED, file)`: shares the beginning of a file, which
    /// must not become shorter: then SIGBUS would end this process. The descriptor can be closed.
    pub(crate) fn map(file: impl AsFd, length: usize) -> Result<Self, Errno> {
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let number = file.as_fd().as_raw_fd();
        // SAFETY: a new mapping at a place of the kernel's choice.
        let start =
            unsafe { libc::mmap(ptr::null_mut(), length, access, libc::MAP_SHARED, number, 0) };
        if start == libc::MAP_FAILED {
            return Err(Errno::last());
        }
        let start = NonNull::new(start.cast()).ok_or(Errno::ENOMEM)?;
        Ok(SharedMemory { start, length })
    }

    /// Writes these bytes.
    ///
    /// # Panics
    ///
    /// If there is no room for them there.
    pub(crate) fn write(&mut self, at: usize, bytes: &[u8]) {
        let end = at.checked_add(bytes.len());
        assert!(end.is_some_and(|end| end <= self.length), "no room at {at}");
        // SAFETY: the place is in the mapping, which is never unmapped.
        let place = unsafe { self.start.as_ptr().add(at) };
        // SAFETY: the mapping has room for the bytes behind it, and no reference leads there. Other
        // processes only read the file.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), place, bytes.len()) };
    }
}
