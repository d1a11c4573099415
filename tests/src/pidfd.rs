//! A process by descriptor: it can never come to mean another process, as a recycled number can.

use std::{
    io,
    os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd},
};

use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sys::signal::Signal,
};

#[derive(Debug)]
pub(crate) struct Pidfd(OwnedFd);

impl Pidfd {
    /// The process that has this number now, also if it is a zombie.
    #[expect(unsafe_code, reason = "neither std nor nix has pidfd_open")]
    pub(crate) fn open(pid: i32) -> io::Result<Self> {
        // SAFETY: takes two integers, touches no memory of ours.
        let fd = Errno::result(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) })?;
        // SAFETY: the call has just made this descriptor for us; it is close-on-exec.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(fd as i32) }))
    }

    /// False from the moment it is a zombie (`pidfd_open(2)`: readable once it terminates), so
    /// that a late parent makes no difference.
    pub(crate) fn is_alive(&self) -> bool {
        let mut fds = [PollFd::new(self.0.as_fd(), PollFlags::POLLIN)];
        poll(&mut fds, PollTimeout::ZERO).expect("poll on a pidfd") == 0
    }

    #[expect(unsafe_code, reason = "neither std nor nix has pidfd_send_signal")]
    pub(crate) fn signal(&self, signal: Signal) -> io::Result<()> {
        let no_info = std::ptr::null::<libc::siginfo_t>();
        // SAFETY: the pointer may be null: then the kernel fills in what kill(2) would.
        let result = unsafe {
            libc::syscall(
                libc::SYS_pidfd_send_signal,
                self.0.as_raw_fd(),
                signal as libc::c_int,
                no_info,
                0,
            )
        };
        Errno::result(result)?;
        Ok(())
    }
}
