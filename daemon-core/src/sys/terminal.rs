//! Terminals: tcgetsid(3).

use std::os::fd::{AsRawFd, BorrowedFd};

/// Whether this is the controlling terminal of our session; see tcgetsid(3), "ENOTTY".
pub(crate) fn is_the_controlling_one(fd: BorrowedFd<'_>) -> bool {
    // SAFETY: tcgetsid(3) takes a number.
    unsafe { libc::tcgetsid(fd.as_raw_fd()) >= 0 }
}
