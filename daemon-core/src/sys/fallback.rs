//! Stand-ins, on other systems, for calls that only Linux has. The launch does without them as it
//! would on a Linux that refuses them.

use std::os::fd::{AsFd, OwnedFd, RawFd};
use std::os::unix::net::SocketAddr;

use nix::errno::Errno;
use nix::unistd::{Gid, Pid, Uid};

use super::signals::SignalSet;

/// There is no sub-reaper: the intermediate process stays and watches.
pub(crate) fn become_subreaper() -> Result<(), Errno> {
    Err(Errno::ENOSYS)
}

/// A pipe cannot send a signal that ends us: the intermediate process ends the daemon instead.
pub(crate) fn die_with_writer(_: impl AsFd, _: Pid) -> Result<(), Errno> {
    Ok(())
}

/// Nothing to take back.
pub(crate) fn outlive_writer(_: impl AsFd) -> Result<(), Errno> {
    Ok(())
}

/// There is no pidfd: the watcher asks waitpid(2) now and then.
pub(crate) fn open_pidfd(_: Pid) -> Option<OwnedFd> {
    None
}

/// There is no signalfd: the watcher asks sigpending(2) now and then.
pub(crate) fn open_signalfd(_: SignalSet) -> Option<OwnedFd> {
    None
}

/// A file in the directory for temporary files, with its name removed at once; see mkstemp(3).
pub(crate) fn anonymous_file(name: &str) -> Result<OwnedFd, Errno> {
    // TMPDIR must not decide where the files of a set-user-ID program are.
    let is_safe = !super::secure::gained_privileges();
    let directory = if is_safe { std::env::temp_dir() } else { "/tmp".into() };
    let template = directory.join(format!("{name}.XXXXXX"));
    let (file, path) = nix::unistd::mkstemp(&template)?;
    nix::unistd::unlink(&path)?;
    nix::fcntl::fcntl(&file, nix::fcntl::FcntlArg::F_SETFD(nix::fcntl::FdFlag::FD_CLOEXEC))?;
    Ok(file)
}

/// Not every system has this call: descriptors are closed one by one.
pub(crate) fn close_range(_: RawFd, _: RawFd) -> Result<(), Errno> {
    Err(Errno::ENOSYS)
}

/// There are no abstract sockets.
pub(crate) fn abstract_address(_: &[u8]) -> std::io::Result<SocketAddr> {
    Err(std::io::Error::from_raw_os_error(libc::EAFNOSUPPORT))
}

/// There are no keyrings.
pub(crate) fn join_new_session_keyring() -> Result<(), Errno> {
    Ok(())
}

/// `setgid()`: from root it sets the real, the effective and the saved group id; see setgid(2).
pub(crate) fn set_group_ids(gid: Gid) -> Result<(), Errno> {
    nix::unistd::setgid(gid)
}

/// `setuid()`: from root it sets the real, the effective and the saved user id; see setuid(2).
pub(crate) fn set_user_ids(uid: Uid) -> Result<(), Errno> {
    nix::unistd::setuid(uid)
}

/// The real and the effective group id; the saved one cannot be read everywhere.
pub(crate) fn group_ids() -> Result<[Gid; 3], Errno> {
    Ok([nix::unistd::getgid(), nix::unistd::getegid(), nix::unistd::getegid()])
}

/// The real and the effective user id; the saved one cannot be read everywhere.
pub(crate) fn user_ids() -> Result<[Uid; 3], Errno> {
    Ok([nix::unistd::getuid(), nix::unistd::geteuid(), nix::unistd::geteuid()])
}

/// There is no such flag.
pub(crate) fn set_no_new_privs() -> Result<bool, Errno> {
    Err(Errno::ENOSYS)
}
