//! Descriptors that wake whoever polls them: eventfd(2), or a pipe where there is none.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use nix::errno::Errno;

/// Wakes its listener, also from a signal handler.
#[derive(Debug)]
pub(crate) struct Bell {
    /// To listen at, and to ring unless there is another one for that.
    listen: OwnedFd,
    ring: Option<OwnedFd>,
}

impl Bell {
    pub(crate) fn new() -> Result<Self, Errno> {
        let (listen, ring) = super::wake_descriptors(false)?;
        Ok(Bell { listen, ring })
    }

    /// Wakes the listener, or the next one. Async-signal-safe.
    pub(crate) fn ring(&self) {
        write(self.ring.as_ref().unwrap_or(&self.listen), 1);
    }

    /// Waits no longer than that for somebody to ring, and silences it.
    pub(crate) fn wait(&self, limit: nix::poll::PollTimeout) {
        if super::descriptors::is_readable_within(&self.listen, limit) {
            let mut rung = [0_u8; 8];
            // A pipe holds more than one ring; an eventfd only their number.
            while nix::unistd::read(&self.listen, &mut rung) == Ok(rung.len())
                && self.ring.is_some()
            {}
        }
    }
}

/// Is readable once it is filled, and stays so.
#[derive(Debug)]
pub(crate) struct Latch {
    readable: OwnedFd,
    fill: Option<OwnedFd>,
}

impl Latch {
    pub(crate) fn new() -> Result<Self, Errno> {
        let (readable, fill) = super::wake_descriptors(true)?;
        Ok(Latch { readable, fill })
    }

    /// Makes it readable. As a semaphore it can be read 2^64 - 2 times, so even a program that
    /// reads from it finds it readable.
    pub(crate) fn fill(&self) {
        write(self.fill.as_ref().unwrap_or(&self.readable), u64::MAX - 1);
    }
}

impl AsFd for Latch {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.readable.as_fd()
    }
}

/// Async-signal-safe. It fails only where the descriptor has been rung or filled before.
fn write(to: &OwnedFd, number: u64) {
    let bytes = number.to_ne_bytes();
    // SAFETY: the bytes live during the call.
    unsafe { libc::write(to.as_raw_fd(), bytes.as_ptr().cast(), bytes.len()) };
}
