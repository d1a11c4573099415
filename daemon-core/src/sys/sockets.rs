//! Sockets: getsockopt(2), getsockname(2).

use std::mem::{MaybeUninit, offset_of};
use std::os::fd::{AsFd, AsRawFd};

use nix::errno::Errno;

/// `getsockopt(fd, SOL_SOCKET, option)`: the value of an option that is a number; see socket(7).
pub(crate) fn option(fd: impl AsFd, option: libc::c_int) -> Result<libc::c_int, Errno> {
    let mut value: libc::c_int = 0;
    let mut length = size_of_val(&value) as libc::socklen_t;
    // SAFETY: the kernel writes at most `length` bytes to `value`, and both live during the call.
    Errno::result(unsafe {
        libc::getsockopt(
            fd.as_fd().as_raw_fd(),
            libc::SOL_SOCKET,
            option,
            (&raw mut value).cast(),
            &raw mut length,
        )
    })?;
    Ok(value)
}

/// A socket's own address, as far as it is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Address {
    /// `AF_INET`, `AF_UNIX` and so on; see address_families(7).
    pub(crate) family: libc::c_int,
    /// Whether there is more to it than the family.
    pub(crate) is_named: bool,
}

/// `getsockname(fd)`: the family of the socket, and whether it has an address; see getsockname(2).
pub(crate) fn address(fd: impl AsFd) -> Result<Address, Errno> {
    let mut storage: MaybeUninit<libc::sockaddr_storage> = MaybeUninit::zeroed();
    let mut length = size_of_val(&storage) as libc::socklen_t;
    // SAFETY: the kernel writes at most `length` bytes to the storage, and both live during the
    // call.
    Errno::result(unsafe {
        libc::getsockname(fd.as_fd().as_raw_fd(), storage.as_mut_ptr().cast(), &raw mut length)
    })?;
    // SAFETY: the storage was zeroed, and zeroes are a valid address of no family.
    let family = unsafe { storage.assume_init_ref() }.ss_family;
    let nothing_else = offset_of!(libc::sockaddr, sa_data);
    Ok(Address { family: family.into(), is_named: length as usize > nothing_else })
}
