//! A descriptor by which loops of poll(2), epoll(7) and their like learn of the stop.

use std::os::fd::{AsFd, BorrowedFd};

use crate::running::stop::Stop;

/// Readable once the program is [stopped](Stop::stopped), and from then on: for poll(2), epoll(7)
/// and libraries that build on them.
///
/// A signal that comes to the very thread that waits ends such a wait with `EINTR`, whatever its
/// handler says (signal(7)): wait again, and look at the stop.
///
/// Some of them want a descriptor that nobody else registers: `try_clone_to_owned()` makes one.
impl AsFd for Stop {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.latch().as_fd()
    }
}
