//! Terminals: tcgetsid(3), /dev/tty.

use std::os::fd::{AsRawFd, BorrowedFd};

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;

/// Whether this is the controlling terminal of our session; see tcgetsid(3), "ENOTTY".
pub(crate) fn is_the_controlling_one(fd: BorrowedFd<'_>) -> bool {
    // SAFETY: tcgetsid(3) takes a number.
    unsafe { libc::tcgetsid(fd.as_raw_fd()) >= 0 }
}

/// Whether this session has a controlling terminal; see tty(4).
pub(crate) fn is_there() -> bool {
    look() == Ok(())
}

/// Whether this session, which had a controlling terminal, has lost it. Other failures than these,
/// such as that no descriptor is left, say nothing about it.
pub(crate) fn is_gone() -> bool {
    matches!(look(), Err(Errno::ENXIO | Errno::EIO | Errno::ENODEV))
}

fn look() -> Result<(), Errno> {
    let flags = OFlag::O_RDONLY | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    open("/dev/tty", flags, Mode::empty()).map(drop)
}
