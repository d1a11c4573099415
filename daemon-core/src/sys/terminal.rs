//! Terminals: tcgetsid(3), /dev/tty.

use std::os::fd::{AsRawFd, BorrowedFd};

use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;

/// Whether this is the controlling terminal of our session; see tcgetsid(3), "ENOTTY".
pub(crate) fn is_the_controlling_one(fd: BorrowedFd<'_>) -> bool {
    // SAFETY: tcgetsid(3) takes a number.
    unsafe { libc::tcgetsid(fd.as_raw_fd()) >= 0 }
}

/// Whether this session has a controlling terminal; see tty(4).
pub(crate) fn is_there() -> bool {
    open("/dev/tty", OFlag::O_RDONLY | OFlag::O_NOCTTY | OFlag::O_CLOEXEC, Mode::empty()).is_ok()
}
