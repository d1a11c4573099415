//! Calls that only Linux has: pidfds, signalfd(2), sub-reapers, a chosen signal from a pipe,
//! memfds, close_range(2), abstract sockets, keyrings, access control lists.

use std::ffi::CString;
use std::mem::MaybeUninit;
#[cfg(target_os = "android")]
use std::os::android::net::SocketAddrExt;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
#[cfg(target_os = "linux")]
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::stat::{FileStat, Mode};
use nix::unistd::{Gid, Pid, Uid};

use super::descriptors::{close_on_exec_pipe, unlinked_file, write_if_it_takes_bytes};
use super::prctl::prctl;
use super::process::{End, reap_with_status};
use super::signals::{SignalSet, change_mask_by_the_c_library, pending};

/// `prctl(PR_SET_CHILD_SUBREAPER, 1)`: descendants whose parent dies become our children; see
/// PR_SET_CHILD_SUBREAPER(2const).
pub(crate) fn become_subreaper() -> Result<(), Errno> {
    prctl(libc::PR_SET_CHILD_SUBREAPER, 1, 0).map(drop)
}

/// `prctl(PR_SET_CHILD_SUBREAPER, 0)`: undoes it.
pub(crate) fn be_no_subreaper() {
    // The call that set it has succeeded, so this one does.
    let _ = prctl(libc::PR_SET_CHILD_SUBREAPER, 0, 0);
}

/// `waitid(P_PID, child, WEXITED | WNOHANG | WNOWAIT)`: how a child has ended, if it has; see
/// waitid(2).
///
/// It is not reaped, so its number stays its own (but where a filter denies the call). `ECHILD` if
/// it is not a child of this process.
pub(crate) fn end_of_child(child: Pid) -> Result<Option<End>, Errno> {
    match look_for_end(libc::P_PID, child) {
        // Denied by a filter; waitpid(2), which reaps, may not be.
        Err(Errno::ENOSYS | Errno::EPERM) => reap_with_status(child),
        found => found,
    }
}

/// `waitid(P_PGID, group, WEXITED | WNOHANG | WNOWAIT)`: how a child of this process in this
/// process group has ended, if one has; see waitid(2).
pub(crate) fn end_of_child_in_group(group: Pid) -> Option<End> {
    look_for_end(libc::P_PGID, group).ok().flatten()
}

/// `waitid(P_PGID, group, WSTOPPED | WNOHANG | WNOWAIT)`: whether a child of this process in this
/// process group is still alive.
///
/// Zombies do not count: without `WEXITED` the call cannot wait for them, and says `ECHILD` where
/// there is nothing else.
pub(crate) fn has_live_child_in_group(group: Pid) -> bool {
    look_at_children(libc::P_PGID, group, libc::WSTOPPED).is_ok()
}

fn look_for_end(kind: libc::idtype_t, id: Pid) -> Result<Option<End>, Errno> {
    let info = look_at_children(kind, id, libc::WEXITED)?;
    // SAFETY: waitid(2) fills in this member, or leaves the zero: no child has ended.
    let pid = unsafe { info.si_pid() };
    // SAFETY: as above.
    let status = unsafe { info.si_status() };
    Ok((pid != 0).then_some(match info.si_code {
        libc::CLD_EXITED => End::Exited(status),
        code => End::Killed { signal: status, core_dumped: code == libc::CLD_DUMPED },
    }))
}

fn look_at_children(
    kind: libc::idtype_t,
    id: Pid,
    events: libc::c_int,
) -> Result<libc::siginfo_t, Errno> {
    let look = || {
        let mut info: MaybeUninit<libc::siginfo_t> = MaybeUninit::zeroed();
        let flags = events | libc::WNOHANG | libc::WNOWAIT;
        // SAFETY: waitid(2) writes at most one siginfo_t, which lives during the call.
        Errno::result(unsafe {
            libc::waitid(kind, id.as_raw() as libc::id_t, info.as_mut_ptr(), flags)
        })?;
        // SAFETY: it was zeroed, which is a valid siginfo_t.
        Ok(unsafe { info.assume_init() })
    };
    // Whoever asks would let go of a child that lives: it has to be said twice.
    look().or_else(|errno| if errno == Errno::ECHILD { look() } else { Err(errno) })
}

/// `mmap()` and `madvise(MADV_WIPEONFORK)`: memory that is zeroed in each child; see madvise(2).
///
/// `None` before Linux 4.14.
pub(crate) fn wiped_in_children() -> Option<&'static AtomicBool> {
    const SIZE: usize = 4096;
    let (access, kind) =
        (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    // SAFETY: a new mapping at a place of the kernel's choice.
    let page = unsafe { libc::mmap(std::ptr::null_mut(), SIZE, access, kind, -1, 0) };
    if page == libc::MAP_FAILED {
        return None;
    }
    // SAFETY: this is the mapping that has just been made.
    if unsafe { libc::madvise(page, SIZE, libc::MADV_WIPEONFORK) } != 0 {
        return None;
    }
    // SAFETY: it is mapped, aligned, never unmapped, and zeroes are a valid AtomicBool.
    Some(unsafe { &*page.cast::<AtomicBool>() })
}

/// `fstat(fd)`: the status of an open file; see fstat(2).
///
/// By the system call itself, where what it writes is what the C library calls `struct stat`: the
/// library's function names the file by an empty string of its own, for which a new process has to
/// map one more part of the library.
pub(crate) fn fstat(fd: impl AsFd) -> Result<FileStat, Errno> {
    #[cfg(all(
        target_os = "linux",
        target_pointer_width = "64",
        any(target_arch = "x86_64", target_arch = "aarch64"),
    ))]
    {
        let mut status: MaybeUninit<FileStat> = MaybeUninit::uninit();
        let number = fd.as_fd().as_raw_fd();
        // SAFETY: fstat(2) writes one status, which lives during the call.
        Errno::result(unsafe { libc::syscall(libc::SYS_fstat, number, status.as_mut_ptr()) })?;
        // SAFETY: it succeeded, so it wrote the status.
        Ok(unsafe { status.assume_init() })
    }
    #[cfg(not(all(
        target_os = "linux",
        target_pointer_width = "64",
        any(target_arch = "x86_64", target_arch = "aarch64"),
    )))]
    nix::sys::stat::fstat(fd)
}

/// `rt_sigprocmask(how, signals)`: changes the signal mask and returns the previous one; see
/// sigprocmask(2).
///
/// Where the kernel has a mask of 64 bits, by the system call itself: the C library's function is in
/// a part of it that nothing else in the launch needs, and a new process has to map each part anew.
pub(crate) fn change_mask(how: libc::c_int, signals: SignalSet) -> Result<SignalSet, Errno> {
    /// The signals that the C library keeps for itself: in a process with threads a blocked one
    /// would make setuid(2) hang; see nptl(7).
    const OF_THE_C_LIBRARY: u64 = match cfg!(target_os = "android") {
        true => 0b1111_1111 << 31,
        false if cfg!(target_env = "musl") => 0b111 << 31,
        false => 0b11 << 31,
    };
    if cfg!(any(target_arch = "mips64", target_arch = "mips64r6", not(target_pointer_width = "64")))
    {
        return change_mask_by_the_c_library(how, signals);
    }
    let new = signals.without(SignalSet(OF_THE_C_LIBRARY)).0;
    let mut old = 0_u64;
    let (from, to, size) = (&raw const new, &raw mut old, size_of::<u64>());
    // SAFETY: both masks live during the call, and are of this size.
    Errno::result(unsafe { libc::syscall(libc::SYS_rt_sigprocmask, how, from, to, size) })?;
    Ok(SignalSet(old))
}

/// `sigtimedwait(signals, 0)`: takes one of these signals, which the caller has blocked, if one is
/// pending; see sigtimedwait(2). Where a filter denies that, it is read from the signalfd; see
/// signalfd(2).
pub(crate) fn take_pending(
    signals: SignalSet,
    signalfd: Option<BorrowedFd<'_>>,
) -> Option<libc::c_int> {
    let set = signals.to_kernel();
    let at_once = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    loop {
        // SAFETY: the set and the time live during the call, and no information is asked for.
        let taken =
            unsafe { libc::sigtimedwait(&raw const set, std::ptr::null_mut(), &raw const at_once) };
        match Errno::result(taken) {
            Ok(signal) => return Some(signal),
            Err(Errno::EINTR) => {}
            Err(Errno::EAGAIN) => return None,
            Err(_) => break,
        }
    }
    let Some(signalfd) = signalfd else {
        // It can be seen, and stays pending.
        return pending().ok()?.iter().find(|signal| signals.contains(*signal));
    };
    let mut info = [0; size_of::<libc::signalfd_siginfo>()];
    if nix::unistd::read(signalfd, &mut info) != Ok(info.len()) {
        return None;
    }
    // The first member is the number.
    let [a, b, c, d, ..] = info;
    libc::c_int::try_from(u32::from_ne_bytes([a, b, c, d])).ok()
}

/// `fcntl(F_SETOWN)`, `fcntl(F_SETSIG, SIGTERM)`, `fcntl(F_SETFL, O_ASYNC)`: makes the kernel send
/// us SIGTERM once nobody holds the writing end of this pipe; see fcntl(2), "Managing signals".
///
/// Not the parent-death signal: that belongs to the thread that asked for it, and no other thread
/// can take it back; see PR_SET_PDEATHSIG(2const).
pub(crate) fn die_with_writer(reader: impl AsFd, own: Pid) -> Result<(), Errno> {
    let number = reader.as_fd().as_raw_fd();
    // SAFETY: the command takes a number.
    Errno::result(unsafe { libc::fcntl(number, libc::F_SETOWN, own.as_raw()) })?;
    // Without it, where a filter forbids it, the signal is SIGIO, which ends a process as well.
    // SAFETY: the command takes a number.
    unsafe { libc::fcntl(number, F_SETSIG, libc::SIGTERM) };
    set_flags(reader, libc::O_ASYNC | libc::O_NONBLOCK)
}

/// `fcntl(F_GETOWN)`: the process that [`die_with_writer`] is to signal, in the numbers of our
/// process namespace; see fcntl(2), "Managing signals". `None` if there is none, or none that is
/// visible here.
pub(crate) fn owner(reader: impl AsFd) -> Option<Pid> {
    // SAFETY: the command takes nothing.
    let ask = || Errno::result(unsafe { libc::fcntl(reader.as_fd().as_raw_fd(), libc::F_GETOWN) });
    // Without an answer a daemon may be left that nobody can name: it is asked for twice.
    let owner = ask().or_else(|_| ask()).ok()?;
    (owner > 0).then(|| Pid::from_raw(owner))
}

/// Missing in libc; see linux/fcntl.h.
const F_SETSIG: libc::c_int = 10;

/// `fcntl(F_SETFL)` without `O_ASYNC`: we outlive the writer again, whichever thread calls this and
/// whichever child also holds the reading end.
pub(crate) fn outlive_writer(reader: impl AsFd) -> Result<(), Errno> {
    set_flags(reader, libc::O_NONBLOCK)
}

fn set_flags(fd: impl AsFd, flags: libc::c_int) -> Result<(), Errno> {
    // SAFETY: the command takes a number.
    Errno::result(unsafe { libc::fcntl(fd.as_fd().as_raw_fd(), libc::F_SETFL, flags) }).map(drop)
}

/// `pidfd_send_signal(process, signal)`: signals the process that the descriptor stands for, and no
/// other that may have its number by now; see pidfd_send_signal(2).
pub(crate) fn signal_by_pidfd(process: impl AsFd, signal: libc::c_int) -> Result<(), Errno> {
    let number = process.as_fd().as_raw_fd();
    let nothing = std::ptr::null::<libc::siginfo_t>();
    // SAFETY: no information is given, so the kernel reads none.
    Errno::result(unsafe { libc::syscall(libc::SYS_pidfd_send_signal, number, signal, nothing, 0) })
        .map(drop)
}

/// `pidfd_open(pid)`: a descriptor that is readable once the process has ended; see pidfd_open(2).
///
/// `None` on Linux before 5.3, and where a filter forbids it.
pub(crate) fn open_pidfd(pid: Pid) -> Option<OwnedFd> {
    // SAFETY: pidfd_open(2) takes two numbers.
    own(unsafe { libc::syscall(libc::SYS_pidfd_open, pid.as_raw(), 0) })
}

/// `signalfd(signals)`: a descriptor that is readable while one of these signals, which the caller
/// has blocked, is pending; see signalfd(2).
pub(crate) fn open_signalfd(signals: SignalSet) -> Option<OwnedFd> {
    let mask = signals.0;
    // The system call itself, which takes the kernel's mask of 64 bits; see signalfd(2), "C
    // library/kernel differences".
    // SAFETY: the mask lives during the call and has the size that is passed.
    own(unsafe {
        libc::syscall(
            libc::SYS_signalfd4,
            -1,
            &raw const mask,
            size_of_val(&mask),
            libc::SFD_CLOEXEC | libc::SFD_NONBLOCK,
        )
    })
}

/// `eventfd(0)`: a descriptor that is readable once something was written to it; see eventfd(2). It
/// is for both, and there is no second one. As a semaphore, it stays so until it was read as often
/// as the number that was written.
pub(crate) fn wake_descriptors(is_semaphore: bool) -> Result<(OwnedFd, Option<OwnedFd>), Errno> {
    let semaphore = if is_semaphore { libc::EFD_SEMAPHORE } else { 0 };
    // SAFETY: eventfd(2) takes numbers.
    let result = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK | semaphore) };
    own(result.into()).map(|descriptor| (descriptor, None)).ok_or_else(Errno::last)
}

/// `SI_USER`, `SI_QUEUE`, `SI_TKILL`: whether a signal with this code was sent by a process, whose
/// number is with it; see sigaction(2). Async-signal-safe.
pub(super) fn is_sent_by_a_process(code: libc::c_int) -> bool {
    matches!(code, libc::SI_USER | libc::SI_QUEUE | libc::SI_TKILL)
}

/// `splice(SPLICE_F_NONBLOCK)`: moves the bytes to a pipe from one of our own, at once or not at all;
/// see splice(2). Where a filter or a lack of descriptors forbids that, the pipe is polled and written
/// to, and another writer may fill it in between.
pub(super) fn write_to_pipe_without_waiting(
    pipe: BorrowedFd<'_>,
    bytes: &[u8],
) -> Result<usize, Errno> {
    let spliced = || {
        let (reader, writer) = close_on_exec_pipe()?;
        let length = nix::unistd::write(&writer, bytes)?;
        let (from, to) = (reader.as_raw_fd(), pipe.as_raw_fd());
        let (none, flags) = (std::ptr::null_mut(), libc::SPLICE_F_NONBLOCK);
        // SAFETY: splice(2) takes numbers, and no offset.
        Errno::result(unsafe { libc::splice(from, none, to, none, length, flags) })
    };
    match spliced() {
        Ok(moved) => Ok(moved as usize),
        Err(errno @ (Errno::EAGAIN | Errno::EPIPE)) => Err(errno),
        Err(_) => write_if_it_takes_bytes(pipe, bytes),
    }
}

/// The descriptor that a system call has made, unless it has failed.
fn own(result: libc::c_long) -> Option<OwnedFd> {
    let number = RawFd::try_from(result).ok().filter(|number| *number >= 0)?;
    // SAFETY: the kernel has just made this descriptor, and nobody else knows of it.
    Some(unsafe { OwnedFd::from_raw_fd(number) })
}

/// `memfd_create(name)`: a file with no place in the file system; see memfd_create(2).
///
/// Where the call is forbidden, by a filter of a systemd unit for example, or missing: a file
/// without a name in a directory for temporary files; see O_TMPFILE in open(2).
pub(crate) fn anonymous_file(name: &str) -> Result<OwnedFd, Errno> {
    let refused = match memfd_create(name, MFdFlags::MFD_CLOEXEC) {
        Ok(file) => return Ok(file),
        // Of these there is no more for another file either.
        Err(errno @ (Errno::EMFILE | Errno::ENFILE | Errno::ENOMEM)) => return Err(errno),
        Err(errno) => errno,
    };
    let flags = OFlag::O_TMPFILE | OFlag::O_EXCL | OFlag::O_RDWR | OFlag::O_CLOEXEC;
    let without_name = |directory: &&str| open(*directory, flags, Mode::S_IRUSR | Mode::S_IWUSR);
    TEMPORARY
        .iter()
        .find_map(|directory| without_name(directory).ok())
        .or_else(|| TEMPORARY.iter().find_map(|directory| unlinked_file(directory, name).ok()))
        .ok_or(refused)
}

/// Where everybody may make files, and nobody may move those of others: chosen by root, unlike
/// `TMPDIR`. The first is in memory.
const TEMPORARY: [&str; 4] = ["/dev/shm", "/run", "/tmp", "/var/tmp"];

/// `close_range(first, last, 0)`: closes the inherited descriptors from `first` to `last`; see
/// close_range(2).
///
/// The caller must know that nothing in the program owns any of them.
pub(crate) fn close_range(first: RawFd, last: RawFd) -> Result<(), Errno> {
    // SAFETY: close_range(2) takes numbers; the caller knows that nobody owns the descriptors.
    Errno::result(unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) }).map(drop)
}

/// The address of an abstract socket, which has no place in the file system; see unix(7).
pub(crate) fn abstract_address(name: &[u8]) -> std::io::Result<SocketAddr> {
    SocketAddr::from_abstract_name(name)
}

// Missing in libc for Android; see linux/keyctl.h.
const KEYCTL_GET_KEYRING_ID: libc::c_long = 0;
const KEYCTL_JOIN_SESSION_KEYRING: libc::c_long = 1;
const KEYCTL_DESCRIBE: libc::c_long = 6;
const KEY_SPEC_SESSION_KEYRING: libc::c_long = -3;

/// `keyctl(KEYCTL_JOIN_SESSION_KEYRING, NULL)`: leaves the session keyring of whoever started us,
/// root's as a rule, for a new one; see keyctl(2).
pub(crate) fn join_new_session_keyring() -> Result<(), Errno> {
    let no_name = std::ptr::null::<libc::c_char>();
    // SAFETY: the operation takes a name, and none is allowed.
    let result = unsafe { libc::syscall(libc::SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, no_name) };
    Errno::result(result).map(drop)
}

/// `keyctl(KEYCTL_DESCRIBE)`, `keyctl(KEYCTL_GET_KEYRING_ID)`: whether the session keyring belongs
/// to another user than this one, and its keys can be reached nonetheless: they can by whoever
/// possesses it, whatever their uid is; see keyrings(7).
///
/// A kernel without keyrings has none. A filter that forbids keyctl(2), common in containers,
/// forbids reading keys as well.
pub(crate) fn session_keyring_is_anothers(uid: Uid) -> bool {
    let session = KEY_SPEC_SESSION_KEYRING;
    // `TYPE;UID;GID;PERMISSIONS;NAME`, of which the name may be long.
    let mut text = [0_u8; 4096];
    // SAFETY: the operation writes at most as many bytes as it is told there is room for.
    let length = Errno::result(unsafe {
        libc::syscall(libc::SYS_keyctl, KEYCTL_DESCRIBE, session, text.as_mut_ptr(), text.len())
    });
    match length {
        Ok(_) => {
            let owner = text.split(|byte| *byte == b';').nth(1);
            let owner = owner.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
            owner != Some(uid.as_raw())
        }
        // It may be searched even so.
        Err(Errno::EACCES) => {
            // SAFETY: the operation takes numbers.
            let found =
                unsafe { libc::syscall(libc::SYS_keyctl, KEYCTL_GET_KEYRING_ID, session, 0) };
            found >= 0
        }
        Err(_) => false,
    }
}

/// Those who can write to a directory by its access control list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Writers {
    pub(crate) users: Vec<u32>,
    pub(crate) groups: Vec<u32>,
    /// Whether the group of the directory itself is one of them.
    pub(crate) own_group: bool,
}

/// `lgetxattr("system.posix_acl_access")`: the users and groups that an access control list lets
/// write to this directory, of which the mode shows that the group may; see acl(5). There the mode
/// shows what the list allows at most, and not who is in it.
pub(crate) fn writers_by_list(directory: &Path) -> Writers {
    let only_group = Writers { own_group: true, ..Writers::default() };
    let Ok(path) = CString::new(directory.as_os_str().as_encoded_bytes()) else {
        return only_group;
    };
    let mut list = vec![0_u8; LONGEST_ATTRIBUTE];
    // SAFETY: the call reads two strings, and writes at most as many bytes as it is told there is
    // room for.
    let length = unsafe {
        libc::lgetxattr(
            path.as_ptr(),
            c"system.posix_acl_access".as_ptr(),
            list.as_mut_ptr().cast(),
            list.len(),
        )
    };
    match Errno::result(length) {
        Ok(length) => writers_in(&list[..length as usize]),
        // Without a list, the mode says it all.
        Err(_) => only_group,
    }
}

/// `XATTR_SIZE_MAX` of linux/limits.h.
const LONGEST_ATTRIBUTE: usize = 65536;

/// A list as the kernel shows it: a version in 4 bytes, then entries of 8, each with a tag, its
/// permissions, and the number of a user or group; see linux/posix_acl_xattr.h.
fn writers_in(list: &[u8]) -> Writers {
    const WRITE: u16 = 2;
    const USER: u16 = 0x02;
    const OWN_GROUP: u16 = 0x04;
    const GROUP: u16 = 0x08;
    let mut writers = Writers::default();
    for entry in list.get(4..).unwrap_or_default().chunks_exact(8) {
        let [tag, permissions] = [0, 2].map(|at| u16::from_le_bytes([entry[at], entry[at + 1]]));
        let number = u32::from_le_bytes([entry[4], entry[5], entry[6], entry[7]]);
        if permissions & WRITE == 0 {
            continue;
        }
        match tag {
            USER => writers.users.push(number),
            GROUP => writers.groups.push(number),
            OWN_GROUP => writers.own_group = true,
            _ => {}
        }
    }
    writers
}

/// `setresgid()`: sets the real, the effective and the saved group id; see setresgid(2).
pub(crate) fn set_group_ids(gid: Gid) -> Result<(), Errno> {
    nix::unistd::setresgid(gid, gid, gid)
}

/// `setresuid()`: sets the real, the effective and the saved user id; see setresuid(2).
pub(crate) fn set_user_ids(uid: Uid) -> Result<(), Errno> {
    nix::unistd::setresuid(uid, uid, uid)
}

/// `getresgid()`: the real, the effective and the saved group id.
pub(crate) fn group_ids() -> Result<[Gid; 3], Errno> {
    nix::unistd::getresgid().map(|ids| [ids.real, ids.effective, ids.saved])
}

/// `getresuid()`: the real, the effective and the saved user id.
pub(crate) fn user_ids() -> Result<[Uid; 3], Errno> {
    nix::unistd::getresuid().map(|ids| [ids.real, ids.effective, ids.saved])
}

/// `prctl(PR_SET_NO_NEW_PRIVS, 1)`: nothing that is executed from now on grants privileges; see
/// PR_SET_NO_NEW_PRIVS(2const). Returns whether the flag is set, as read back.
pub(crate) fn set_no_new_privs() -> Result<bool, Errno> {
    prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0)?;
    prctl(libc::PR_GET_NO_NEW_PRIVS, 0, 0).map(|is_set| is_set != 0)
}

/// `prctl(PR_GET_DUMPABLE)`: whether the kernel writes a core file of this process, if the limit
/// lets it; see PR_SET_DUMPABLE(2const). A change of ids clears it.
pub(crate) fn is_dumpable() -> bool {
    prctl(libc::PR_GET_DUMPABLE, 0, 0).is_ok_and(|dumpable| dumpable != 0)
}

/// `prctl(PR_SET_DUMPABLE, 1)`; see PR_SET_DUMPABLE(2const).
pub(crate) fn make_dumpable() -> Result<(), Errno> {
    prctl(libc::PR_SET_DUMPABLE, 1, 0).map(drop)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Read;
    use std::os::fd::{AsFd, AsRawFd, OwnedFd};
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
    use std::thread;
    use std::time::{Duration, Instant};

    use nix::errno::Errno;
    use nix::fcntl::{OFlag, open};
    use nix::sys::stat::Mode;

    use super::super::descriptors::write_without_waiting;
    use super::{Writers, writers_in};

    /// One at which a read and a write wait.
    fn new_pipe() -> (File, OwnedFd) {
        let (reader, writer) = nix::unistd::pipe2(OFlag::O_CLOEXEC).unwrap();
        (reader.into(), writer)
    }

    /// The writing end of a pipe, opened once more: an open file of its own, with its own flags.
    fn opened_again(writer: &impl AsRawFd, flag: OFlag) -> OwnedFd {
        let path = format!("/proc/self/fd/{}", writer.as_raw_fd());
        open(path.as_str(), OFlag::O_WRONLY | flag, Mode::empty()).unwrap()
    }

    #[test]
    fn a_pipe_takes_a_line_at_once_or_not_at_all() {
        for flag in [OFlag::empty(), OFlag::O_APPEND] {
            let (mut reader, writer) = new_pipe();
            let filler = opened_again(&writer, OFlag::O_NONBLOCK);
            let writer = opened_again(&writer, flag);
            assert!(write_without_waiting(writer.as_fd(), b"a line\n"));
            let mut line = [0; 7];
            reader.read_exact(&mut line).unwrap();
            assert_eq!(&line, b"a line\n");
            while nix::unistd::write(&filler, &[b'x'; 4096]).is_ok() {}
            assert!(!write_without_waiting(writer.as_fd(), b"a line\n"));
        }
    }

    /// Nobody reads until it has come back.
    #[test]
    fn another_writer_who_is_quicker_does_not_make_us_wait() {
        static RETURNS: AtomicU32 = AtomicU32::new(0);
        static IS_OVER: AtomicBool = AtomicBool::new(false);
        let (mut reader, writer) = new_pipe();
        let filler = opened_again(&writer, OFlag::O_NONBLOCK);
        let fill = thread::spawn(move || {
            while !IS_OVER.load(Ordering::Relaxed) {
                let written = nix::unistd::write(&filler, &[b'x'; 4096]);
                assert!(matches!(written, Ok(_) | Err(Errno::EAGAIN)), "{written:?}");
            }
        });
        let write = thread::spawn(move || {
            while !IS_OVER.load(Ordering::Relaxed) {
                write_without_waiting(writer.as_fd(), &[b'y'; 4096]);
                RETURNS.fetch_add(1, Ordering::Relaxed);
            }
        });
        let until = Instant::now() + Duration::from_secs(1);
        while Instant::now() < until {
            reader.read_exact(&mut [0; 4096]).unwrap();
            let before = RETURNS.load(Ordering::Relaxed);
            let since = Instant::now();
            while RETURNS.load(Ordering::Relaxed) == before {
                assert!(since.elapsed() < Duration::from_secs(10), "it waits for the reader");
                thread::yield_now();
            }
        }
        IS_OVER.store(true, Ordering::Relaxed);
        fill.join().unwrap();
        write.join().unwrap();
    }

    #[test]
    fn a_list_says_who_can_write() {
        let none = u32::MAX;
        let entry = |tag: u16, permissions: u16, number: u32| {
            [&tag.to_le_bytes()[..], &permissions.to_le_bytes(), &number.to_le_bytes()].concat()
        };
        let list = [
            vec![2, 0, 0, 0],
            entry(0x01, 7, none),
            entry(0x02, 7, 1000),
            entry(0x02, 5, 1001),
            entry(0x04, 5, none),
            entry(0x08, 6, 4),
            entry(0x10, 7, none),
            entry(0x20, 5, none),
        ];
        let expected = Writers { users: vec![1000], groups: vec![4], own_group: false };
        assert_eq!(writers_in(&list.concat()), expected);
        assert_eq!(writers_in(&[]), Writers::default());
    }
}
