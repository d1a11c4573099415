//! Descriptors that wake whoever polls them: eventfd(2), or a pipe where there is none.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;
use nix::poll::{PollTimeout, poll};
use nix::unistd::read;

use super::descriptors::{is_file, is_readable_within, status};
use super::inode::Inode;

/// A descriptor to poll, and how it is made readable.
#[derive(Debug)]
struct Wake {
    readable: OwnedFd,
    /// To write to, where that is another one.
    writable: Option<OwnedFd>,
    /// Both ends of a pipe are one file.
    file: Option<Inode>,
}

impl Wake {
    fn new(is_semaphore: bool) -> Result<Self, Errno> {
        let (readable, writable) = super::wake_descriptors(is_semaphore)?;
        let file = status(readable.as_raw_fd()).map(|status| Inode::of(&status));
        Ok(Wake { readable, writable, file })
    }

    /// The program may have closed it, and have another file with its number. Async-signal-safe.
    fn is_ours(&self, end: &OwnedFd) -> bool {
        self.file.is_none_or(|file| is_file(end.as_raw_fd(), file))
    }

    /// Async-signal-safe. It fails only where the descriptor is readable already.
    fn write(&self, number: u64) {
        let bytes = number.to_ne_bytes();
        let to = self.writable.as_ref().unwrap_or(&self.readable);
        if self.is_ours(to) {
            // SAFETY: the bytes live during the call.
            unsafe { libc::write(to.as_raw_fd(), bytes.as_ptr().cast(), bytes.len()) };
        }
    }
}

/// Wakes its listener, also from a signal handler.
#[derive(Debug)]
pub(crate) struct Bell(Wake);

impl Bell {
    pub(crate) fn new() -> Result<Self, Errno> {
        Wake::new(false).map(Bell)
    }

    /// Wakes the listener, or the next one. Async-signal-safe.
    pub(crate) fn ring(&self) {
        self.0.write(1);
    }

    /// Waits no longer than that for somebody to ring, and silences it.
    pub(crate) fn wait(&self, limit: PollTimeout) {
        let Wake { readable, writable, .. } = &self.0;
        if !self.0.is_ours(readable) {
            let _ = poll(&mut [], limit);
            return;
        }
        // Asked once more: it may have been closed meanwhile.
        if is_readable_within(readable, limit) && self.0.is_ours(readable) {
            let mut rung = [0_u8; 8];
            // A pipe holds more than one ring; an eventfd only their number.
            while read(readable, &mut rung) == Ok(rung.len()) && writable.is_some() {}
        }
    }
}

/// Is readable once it is filled, and stays so.
#[derive(Debug)]
pub(crate) struct Latch(Wake);

impl Latch {
    pub(crate) fn new() -> Result<Self, Errno> {
        Wake::new(true).map(Latch)
    }

    /// Makes it readable. As a semaphore it can be read 2^64 - 2 times, so even a program that
    /// reads from it finds it readable.
    pub(crate) fn fill(&self) {
        self.0.write(u64::MAX - 1);
    }
}

impl AsFd for Latch {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.readable.as_fd()
    }
}
