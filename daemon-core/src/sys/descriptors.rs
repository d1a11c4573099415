//! Descriptors: pipe2(2), mkstemp(3), fcntl(2), flock(2), poll(2), FIONREAD, TIOCGWINSZ,
//! close_range(2), close(2).

use std::fmt;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};
use std::path::Path;
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl, open};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::stat::{FileStat, Mode, SFlag};
use nix::unistd::{Pid, write};

use super::fstat;
use super::inode::{Inode, file_type};

/// How many bytes a pipe takes at once or not at all; see pipe(7). Its type differs between systems.
#[allow(clippy::unnecessary_cast, reason = "it is needed on illumos")]
pub(crate) const PIPE_BUF: usize = libc::PIPE_BUF as usize;

/// Borrows a descriptor by its number, for calls that only look at it.
///
/// `None` for a negative number. For a number that is not open, those calls fail with `EBADF`.
pub(crate) fn borrow(number: RawFd) -> Option<BorrowedFd<'static>> {
    // SAFETY: the number is not -1, and callers pass the descriptor only to system calls that do
    // not change what it refers to; the kernel itself checks whether it is open.
    (number >= 0).then(|| unsafe { BorrowedFd::borrow_raw(number) })
}

/// `fstat(number)`: the file that a descriptor refers to, if it is open; see fstat(2).
pub(crate) fn status(number: RawFd) -> Option<FileStat> {
    fstat(borrow(number)?).ok()
}

/// Whether this number is still that of a descriptor of this file, as far as can be told: a program
/// that closes everything from 3 on, whoever owns it, may be given the number for another file.
/// Async-signal-safe.
pub(crate) fn is_file(number: RawFd, file: Inode) -> bool {
    match borrow(number).map(fstat) {
        Some(Ok(status)) => Inode::of(&status) == file,
        Some(Err(errno)) => errno != Errno::EBADF,
        None => false,
    }
}

/// `pipe2(O_CLOEXEC | O_NONBLOCK)`, on every system: the reading and the writing end; see pipe(2).
///
/// The flags can be set afterwards where pipe2(2) is missing, since no other thread can fork in
/// between.
pub(crate) fn close_on_exec_pipe() -> Result<(OwnedFd, OwnedFd), Errno> {
    #[cfg(not(target_vendor = "apple"))]
    return nix::unistd::pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK);

    #[cfg(target_vendor = "apple")]
    {
        let (reader, writer) = nix::unistd::pipe()?;
        for end in [&reader, &writer] {
            fcntl(end, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
            fcntl(end, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        }
        Ok((reader, writer))
    }
}

/// `mkstemp(DIRECTORY/NAME.XXXXXX)`, `unlink()`: a file for its owner only, whose name is removed
/// at once; see mkstemp(3). The name is new: nothing that others have put there is opened.
pub(crate) fn unlinked_file(directory: &str, name: &str) -> Result<OwnedFd, Errno> {
    let (file, path) = nix::unistd::mkstemp(&Path::new(directory).join(format!("{name}.XXXXXX")))?;
    nix::unistd::unlink(&path)?;
    fcntl(&file, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    Ok(file)
}

/// `fcntl(fd, F_GETFD)`: whether it is close-on-exec; see fcntl(2).
pub(crate) fn closes_on_exec(fd: impl AsFd) -> Result<bool, Errno> {
    let flags = fcntl(fd, FcntlArg::F_GETFD)?;
    Ok(FdFlag::from_bits_truncate(flags).contains(FdFlag::FD_CLOEXEC))
}

/// Takes a descriptor that was handed to this process, by its number, and makes it close-on-exec;
/// see F_SETFD in fcntl(2).
///
/// `EBADF` if it is not open, and `EBUSY` if it is close-on-exec already: then it cannot have come
/// through execve(2), or has been taken before.
pub(crate) fn take_inherited(number: RawFd) -> Result<OwnedFd, Errno> {
    fcntl(handed_over(number)?, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    // SAFETY: it is open. Whoever started the process says that it is for us to take, and nothing
    // that the standard library opened, and so may own, can be meant: all of that is close-on-exec,
    // which this was not.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

fn handed_over(number: RawFd) -> Result<BorrowedFd<'static>, Errno> {
    let borrowed = borrow(number).ok_or(Errno::EBADF)?;
    if closes_on_exec(borrowed)? { Err(Errno::EBUSY) } else { Ok(borrowed) }
}

/// Shares a descriptor that was handed to this process, by its number, and makes both
/// close-on-exec: for one that may have an owner in the program already, who closes it.
///
/// Errors are those of [`take_inherited`].
pub(crate) fn share_inherited(number: RawFd) -> Result<OwnedFd, Errno> {
    let borrowed = handed_over(number)?;
    let shared = duplicate(borrowed)?;
    fcntl(borrowed, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    Ok(shared)
}

/// `poll(0 to 2)`: whether standard input, output and error are open; see poll(2), `POLLNVAL`.
pub(crate) fn are_standard_streams_open() -> bool {
    let mut fds: Vec<_> =
        (0..3).filter_map(borrow).map(|fd| PollFd::new(fd, PollFlags::empty())).collect();
    poll(&mut fds, PollTimeout::ZERO).is_ok_and(|_| {
        let is_closed = |fd: &PollFd<'_>| {
            fd.revents().is_some_and(|events| events.contains(PollFlags::POLLNVAL))
        };
        !fds.iter().any(is_closed)
    })
}

/// Opens `/dev/null` as those of 0 to 2 that are closed, so that no file that is opened later gets
/// such a number, and with it what the program prints.
pub(crate) fn occupy_standard_streams() -> Result<(), Errno> {
    if are_standard_streams_open() {
        return Ok(());
    }
    loop {
        let null = open("/dev/null", OFlag::O_RDWR, Mode::empty())?;
        if null.as_raw_fd() > 2 {
            return Ok(());
        }
        // It belongs to the process from here on, as the streams that it was started with do.
        let _ = null.into_raw_fd();
    }
}

/// `fcntl(fd, F_DUPFD_CLOEXEC, 3)`: another descriptor for the same open file, above 2 and
/// close-on-exec; see fcntl(2).
pub(crate) fn duplicate(fd: impl AsFd) -> Result<OwnedFd, Errno> {
    // SAFETY: the command takes a number.
    let number = unsafe { libc::fcntl(fd.as_fd().as_raw_fd(), libc::F_DUPFD_CLOEXEC, 3) };
    let number = Errno::result(number)?;
    // SAFETY: the kernel has just made this descriptor, and nobody else knows of it.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// `flock(fd, LOCK_EX | LOCK_NB)`: locks the file for this open file description, or fails with
/// `EWOULDBLOCK`; see flock(2).
///
/// Not with nix's guard, whose destructor unlocks: in the parent it would release the child's lock,
/// since both share the description.
pub(crate) fn lock_exclusively(fd: impl AsFd) -> Result<(), Errno> {
    lock(fd, libc::LOCK_EX)
}

/// `flock(fd, LOCK_SH | LOCK_NB)`: shares a lock with others that do, in place of any lock that
/// this open file description has, or fails with `EWOULDBLOCK`; see flock(2).
pub(crate) fn lock_shared(fd: impl AsFd) -> Result<(), Errno> {
    lock(fd, libc::LOCK_SH)
}

fn lock(fd: impl AsFd, operation: libc::c_int) -> Result<(), Errno> {
    // SAFETY: flock(2) takes no pointer, and the descriptor is borrowed for the call.
    let result = unsafe { libc::flock(fd.as_fd().as_raw_fd(), operation | libc::LOCK_NB) };
    Errno::result(result).map(drop)
}

/// `fcntl(fd, F_SETLK, F_RDLCK)`: locks the whole file for reading, for this process and until it
/// closes any descriptor of the file; see fcntl(2), "Advisory record locking".
pub(crate) fn lock_for_reading(fd: impl AsFd) -> Result<(), Errno> {
    let lock = whole_file(libc::F_RDLCK as libc::c_short);
    // SAFETY: the lock lives during the call.
    let locked = unsafe { libc::fcntl(fd.as_fd().as_raw_fd(), libc::F_SETLK, &raw const lock) };
    Errno::result(locked).map(drop)
}

/// The holder of a lock of fcntl(2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    Process(Pid),
    /// One that is not in our process namespace, or nobody in particular: a lock of an open file
    /// description.
    ElsewhereOrNobody,
}

/// `fcntl(fd, F_GETLK, F_WRLCK)`: the holder of a lock of fcntl(2) on the file. `None` if there is
/// none.
pub(crate) fn reader(fd: impl AsFd) -> Option<Reader> {
    let mut lock = whole_file(libc::F_WRLCK as libc::c_short);
    fcntl(fd, FcntlArg::F_GETLK(&mut lock)).ok()?;
    if lock.l_type == libc::F_UNLCK as libc::c_short {
        return None;
    }
    Some(match lock.l_pid {
        pid if pid > 0 => Reader::Process(Pid::from_raw(pid)),
        _ => Reader::ElsewhereOrNobody,
    })
}

/// `flock(fd, LOCK_UN)`: removes the lock from the open file description; see flock(2).
pub(crate) fn unlock(fd: impl AsFd) -> Result<(), Errno> {
    // SAFETY: flock(2) takes a descriptor and an operation.
    let result = unsafe { libc::flock(fd.as_fd().as_raw_fd(), libc::LOCK_UN) };
    Errno::result(result).map(drop)
}

/// Of this kind, whose constants have another type on Linux than the member.
fn whole_file(kind: libc::c_short) -> libc::flock {
    // SAFETY: zeroes are a valid lock, from the beginning of the file to its end.
    let mut lock: libc::flock = unsafe { std::mem::zeroed() };
    lock.l_type = kind;
    lock
}

/// `poll(fd, POLLIN)`: whether there is something to read, or nobody left to write it, before
/// `limit` is over; of a pidfd, whether its process has ended; see poll(2), pidfd_open(2).
pub(crate) fn is_readable_within(fd: impl AsFd, limit: PollTimeout) -> bool {
    wait_for_any([Some(fd.as_fd())], limit) == Ok([true])
}

/// `poll(POLLIN)`: waits for the first of these, but no longer than `limit`, and says which of them
/// have something to read, or nobody left to write it; see poll(2), which passes over one that is
/// missing.
pub(crate) fn wait_for_any<const N: usize>(
    sources: [Option<BorrowedFd<'_>>; N],
    limit: PollTimeout,
) -> Result<[bool; N], Errno> {
    let number = |source: Option<BorrowedFd<'_>>| source.map_or(-1, |source| source.as_raw_fd());
    let mut fds =
        sources.map(|it| libc::pollfd { fd: number(it), events: libc::POLLIN, revents: 0 });
    // SAFETY: the array lives during the call, and is this long.
    Errno::result(unsafe { libc::poll(fds.as_mut_ptr(), N as libc::nfds_t, limit.into()) })?;
    Ok(fds.map(|it| it.revents != 0))
}

/// `poll(fd, POLLOUT)`: whether a pipe or a terminal takes bytes without making the writer wait;
/// see poll(2).
pub(crate) fn takes_bytes_now(fd: impl AsFd) -> bool {
    takes_bytes_within(fd, Duration::ZERO)
}

/// As [`takes_bytes_now`], or soon: before `limit` is over.
pub(crate) fn takes_bytes_within(fd: impl AsFd, limit: Duration) -> bool {
    let mut fds = [PollFd::new(fd.as_fd(), PollFlags::POLLOUT)];
    let limit = PollTimeout::try_from(limit).unwrap_or(PollTimeout::MAX);
    poll(&mut fds, limit).is_ok_and(|ready| ready == 1)
        && fds[0].revents().is_some_and(|events| events.contains(PollFlags::POLLOUT))
}

/// Writes all of these bytes, at most [`PIPE_BUF`], unless that would make us wait. Returns whether
/// they were written.
///
/// Without `O_NONBLOCK`, which whoever else writes to the same open file would have as well. The
/// kernel itself refuses to wait at a socket, and on Linux at a pipe, where others may be quicker to
/// take the room. At a terminal, only somebody who stops it at this very moment makes us wait.
pub(crate) fn write_without_waiting(fd: BorrowedFd<'_>, bytes: &[u8]) -> bool {
    let Ok(status) = fstat(fd) else { return false };
    let length = match file_type(&status) {
        SFlag::S_IFSOCK => send_without_waiting(fd, bytes),
        SFlag::S_IFIFO => super::write_to_pipe_without_waiting(fd, bytes),
        _ => write_if_it_takes_bytes(fd, bytes),
    };
    length == Ok(bytes.len())
}

/// `send(fd, MSG_DONTWAIT)`: sends as much as there is room for; see send(2).
fn send_without_waiting(fd: BorrowedFd<'_>, bytes: &[u8]) -> Result<usize, Errno> {
    let (start, length) = (bytes.as_ptr().cast(), bytes.len());
    // SAFETY: the bytes live during the call.
    let sent = unsafe { libc::send(fd.as_raw_fd(), start, length, libc::MSG_DONTWAIT) };
    Errno::result(sent).map(|sent| sent as usize)
}

/// `poll(fd, POLLOUT)`, `write()`: for files where nobody else is quicker to take the room.
pub(super) fn write_if_it_takes_bytes(fd: BorrowedFd<'_>, bytes: &[u8]) -> Result<usize, Errno> {
    if takes_bytes_now(fd) { write(fd, bytes) } else { Err(Errno::EAGAIN) }
}

/// `ioctl(fd, FIONREAD)`: how many bytes wait in a pipe to be read; see ioctl_pipe(2).
pub(crate) fn unread_bytes(fd: impl AsFd) -> Result<usize, Errno> {
    let mut unread: libc::c_int = 0;
    // SAFETY: FIONREAD writes one int, which lives during the call.
    let result = unsafe { libc::ioctl(fd.as_fd().as_raw_fd(), libc::FIONREAD, &raw mut unread) };
    Errno::result(result)?;
    Ok(usize::try_from(unread).unwrap_or(0))
}

/// `ioctl(fd, TIOCGWINSZ)`: the columns of a terminal, `None` if they are unknown; see
/// ioctl_tty(2).
pub(crate) fn terminal_columns(fd: impl AsFd) -> Option<usize> {
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: TIOCGWINSZ writes one winsize, which lives during the call.
    let result = unsafe { libc::ioctl(fd.as_fd().as_raw_fd(), libc::TIOCGWINSZ, &raw mut size) };
    (result == 0 && size.ws_col > 0).then_some(size.ws_col.into())
}

/// Closes these descriptors: those whose numbers follow each other in one call.
pub(crate) fn close_together(descriptors: impl IntoIterator<Item = OwnedFd>) {
    let mut run: Option<Run> = None;
    for number in descriptors.into_iter().map(IntoRawFd::into_raw_fd) {
        if !run.as_mut().is_some_and(|run| run.grow(number)) {
            run.replace(Run::of(number)).iter().for_each(Run::close);
        }
    }
    run.iter().for_each(Run::close);
}

/// Numbers without a gap, from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    first: RawFd,
    last: RawFd,
}

impl Run {
    fn of(number: RawFd) -> Self {
        Run { first: number, last: number }
    }

    /// Takes in this number, if it follows the last one. Returns whether it does.
    fn grow(&mut self, number: RawFd) -> bool {
        let follows = self.last + 1 == number;
        if follows {
            self.last = number;
        }
        follows
    }

    /// Closes them in one call, if the system has such a call.
    fn close(&self) {
        let Run { first, last } = *self;
        if first == last || super::close_range(first, last).is_err() {
            (first..=last).for_each(close);
        }
    }
}

/// Numbers of descriptors, as runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Runs(Vec<Run>);

impl Runs {
    /// Adds a number, which makes a run longer if it follows the one that was added before.
    pub(crate) fn push(&mut self, number: RawFd) {
        if !self.0.last_mut().is_some_and(|run| run.grow(number)) {
            self.0.push(Run::of(number));
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Closes them, each run in one call if the system has such a call.
    ///
    /// The caller must know that nothing in the program owns any of them.
    pub(crate) fn close(&self) {
        self.0.iter().for_each(Run::close);
    }
}

/// `3, 5-7`.
impl fmt::Display for Runs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Run { first, last }) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            match first == last {
                true => write!(f, "{comma}{first}")?,
                false => write!(f, "{comma}{first}-{last}")?,
            }
        }
        Ok(())
    }
}

/// `close(number)`: closes a descriptor of which only the number is known; see close(2).
///
/// The caller must know that nothing in the program owns it.
pub(crate) fn close(number: RawFd) {
    // SAFETY: close(2) takes any number; the caller knows that nobody owns the descriptor. An error
    // leaves it closed on Linux, and there is nothing to do about one elsewhere.
    unsafe { libc::close(number) };
}

/// `fcntl(1, F_DUPFD_CLOEXEC)` and `dup2(2, 1)`: standard output is standard error until
/// [`put_stdout_back`]; see dup(2).
pub(crate) fn set_stdout_aside() -> Result<OwnedFd, Errno> {
    // SAFETY: the command takes a number.
    let aside = Errno::result(unsafe { libc::fcntl(1, libc::F_DUPFD_CLOEXEC, 3) })?;
    // SAFETY: it was just opened, and nobody else owns it.
    let aside = unsafe { OwnedFd::from_raw_fd(aside) };
    // SAFETY: dup2(2) takes two numbers; that of standard output stays open.
    Errno::result(unsafe { libc::dup2(2, 1) })?;
    Ok(aside)
}

/// `dup2(stdout, 1)`: undoes [`set_stdout_aside`]; see dup(2).
pub(crate) fn put_stdout_back(stdout: OwnedFd) -> Result<(), Errno> {
    // SAFETY: dup2(2) takes two numbers; that of standard output stays open.
    Errno::result(unsafe { libc::dup2(stdout.as_raw_fd(), 1) }).map(drop)
}
