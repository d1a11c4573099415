//! Stand-ins, on other systems, for calls that only Linux has. The launch does without them as it
//! would on a Linux that refuses them.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd::{Gid, Pid, Uid};

use super::descriptors::{close_on_exec_pipe, unlinked_file, write_if_it_takes_bytes};
use super::process::{End, reap_with_status};
use super::signals::{SignalSet, pending};

pub(crate) use super::signals::change_mask_by_the_c_library as change_mask;
pub(crate) use nix::sys::stat::fstat;

/// There is no sub-reaper: the intermediate process stays and watches.
pub(crate) fn become_subreaper() -> Result<(), Errno> {
    Err(Errno::ENOSYS)
}

/// There is nothing to undo.
pub(crate) fn be_no_subreaper() {}

/// How a child has ended, if it has. It is reaped.
pub(crate) fn end_of_child(child: Pid) -> Result<Option<End>, Errno> {
    reap_with_status(child)
}

/// There is no such memory everywhere.
pub(crate) fn wiped_in_children() -> Option<&'static AtomicBool> {
    None
}

/// Nothing portable tells without reaping it.
pub(crate) fn end_of_child_in_group(_: Pid) -> Option<End> {
    None
}

/// Nothing portable tells.
pub(crate) fn has_live_child_in_group(_: Pid) -> bool {
    false
}

/// `sigpending()` and `sigwait()`: takes one of these signals, which the caller has blocked, if one
/// is pending; see sigpending(2), sigwait(3).
pub(crate) fn take_pending(signals: SignalSet, _: Option<BorrowedFd<'_>>) -> Option<libc::c_int> {
    let come = pending().ok()?.iter().find(|signal| signals.contains(*signal))?;
    let set = SignalSet::of(&[come]).to_kernel();
    let mut signal = 0;
    // SAFETY: both live during the call. It does not wait, because the signal is pending.
    let result = unsafe { libc::sigwait(&raw const set, &raw mut signal) };
    Some(if result == 0 { signal } else { come })
}

/// A pipe cannot send a signal that ends us: the intermediate process ends the daemon instead.
pub(crate) fn die_with_writer(_: impl AsFd, _: Pid) -> Result<(), Errno> {
    Ok(())
}

/// A pipe: its end to read from is readable once something was written to the other.
pub(crate) fn wake_descriptors(_: bool) -> Result<(OwnedFd, Option<OwnedFd>), Errno> {
    let (reader, writer) = close_on_exec_pipe()?;
    for end in [&reader, &writer] {
        fcntl(end, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    }
    Ok((reader, Some(writer)))
}

/// `SI_USER`: whether a signal with this code was sent by kill(2), with the number of the process;
/// see signal.h(0p), and sys/signal.h, where it is zero or not.
pub(super) fn is_sent_by_a_process(code: libc::c_int) -> bool {
    let is_zero = cfg!(not(any(target_vendor = "apple", target_os = "freebsd")));
    code == if is_zero { 0 } else { 0x10001 }
}

/// Only poll(2) tells whether there is room, and another writer may take it in between.
pub(super) fn write_to_pipe_without_waiting(
    pipe: BorrowedFd<'_>,
    bytes: &[u8],
) -> Result<usize, Errno> {
    write_if_it_takes_bytes(pipe, bytes)
}

/// Nobody has asked for it.
pub(crate) fn owner(_: impl AsFd) -> Option<Pid> {
    None
}

/// Nothing to take back.
pub(crate) fn outlive_writer(_: impl AsFd) -> Result<(), Errno> {
    Ok(())
}

/// There is no pidfd, and so no proof that a number is still the same process's.
pub(crate) fn signal_by_pidfd(_: impl AsFd, _: libc::c_int) -> Result<(), Errno> {
    Err(Errno::ENOSYS)
}

/// There is no pidfd: the watcher asks waitpid(2) now and then.
pub(crate) fn open_pidfd(_: Pid) -> Option<OwnedFd> {
    None
}

/// There is no signalfd: the watcher asks sigpending(2) now and then.
pub(crate) fn open_signalfd(_: SignalSet) -> Option<OwnedFd> {
    None
}

/// A file in a directory for temporary files, with its name removed at once.
pub(crate) fn anonymous_file(name: &str) -> Result<OwnedFd, Errno> {
    unlinked_file("/tmp", name).or_else(|_| unlinked_file("/var/tmp", name))
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

/// There are no keyrings.
pub(crate) fn session_keyring_is_anothers(_: Uid) -> bool {
    false
}

/// Those who can write to a directory by its access control list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Writers {
    pub(crate) users: Vec<u32>,
    pub(crate) groups: Vec<u32>,
    /// Whether the group of the directory itself is one of them.
    pub(crate) own_group: bool,
}

/// There is no portable way to read a list: the mode alone counts.
pub(crate) fn writers_by_list(_: &Path) -> Writers {
    Writers { own_group: true, ..Writers::default() }
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

/// There is no such flag to be read.
pub(crate) fn is_dumpable() -> bool {
    false
}

/// There is no such flag.
pub(crate) fn make_dumpable() -> Result<(), Errno> {
    Err(Errno::ENOSYS)
}
