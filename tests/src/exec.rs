//! What the new process does between fork and exec: puts on the chosen surroundings.
//!
//! The test runner has threads, so after the fork only async-signal-safe calls are allowed
//! (fork(2), signal-safety(7)): nothing here allocates, locks or panics. Everything is prepared
//! before.

#![expect(unsafe_code, reason = "the calls between fork and exec have no safe form")]

use std::{
    ffi::{CString, OsString},
    os::{fd::RawFd, unix::ffi::OsStringExt},
    ptr,
};

use libc::{c_char, c_int, sock_filter, sock_fprog};
use nix::{
    errno::Errno,
    sys::{
        resource::{Resource, getrlimit, rlim_t, setrlimit},
        signal::{SigSet, Signal},
        stat::{Mode, umask},
    },
    unistd::{Gid, Pid, Uid, chdir, getpid, setgid, setgroups, setpgid, setsid, setuid},
};

use crate::Job;

/// The surroundings, in the form the system calls take.
pub(crate) struct Prepared {
    pub(crate) program: CString,
    pub(crate) arguments: Strings,
    pub(crate) environment: Strings,
    pub(crate) directory: CString,
    pub(crate) umask: Mode,
    pub(crate) terminal: Option<(RawFd, Job)>,
    pub(crate) descriptors: Vec<Place>,
    pub(crate) closed: Vec<RawFd>,
    pub(crate) ignored: Vec<Signal>,
    pub(crate) blocked: SigSet,
    pub(crate) limits: Vec<(Resource, rlim_t, rlim_t)>,
    pub(crate) groups: Option<Vec<Gid>>,
    pub(crate) user: Option<(Uid, Gid)>,
    pub(crate) filter: Vec<sock_filter>,
}

/// A descriptor, and the number it shall have.
pub(crate) struct Place {
    pub(crate) source: RawFd,
    pub(crate) target: RawFd,
}

/// Strings for execve(2): a list that ends with a null pointer.
pub(crate) struct Strings {
    pointers: Vec<*const c_char>,
    /// What the pointers point to.
    _strings: Vec<CString>,
}

impl Strings {
    pub(crate) fn new(strings: impl IntoIterator<Item = OsString>) -> Self {
        let strings: Vec<_> = strings.into_iter().map(c_string).collect();
        let pointers = strings.iter().map(|it| it.as_ptr()).chain([ptr::null()]).collect();
        Self { pointers, _strings: strings }
    }
}

/// The string with a zero byte at its end.
///
/// # Panics
///
/// If it has one before.
pub(crate) fn c_string(string: impl Into<OsString>) -> CString {
    CString::new(string.into().into_vec()).expect("no zero byte in what exec gets")
}

/// What went wrong, as it travels to the test: nobody here may format a message.
pub(crate) struct Failure {
    pub(crate) tried: &'static str,
    pub(crate) errno: Errno,
}

impl Failure {
    pub(crate) fn last(tried: &'static str) -> Self {
        Self { tried, errno: Errno::last() }
    }

    /// Tells it and ends the process.
    pub(crate) fn report(&self, channel: RawFd) -> ! {
        let errno = (self.errno as i32).to_ne_bytes();
        for bytes in [&errno, self.tried.as_bytes()] {
            // SAFETY: the pointer and the length are those of a live slice.
            // Nobody is left to tell if this fails; the test sees the exit status.
            _ = unsafe { libc::write(channel, bytes.as_ptr().cast(), bytes.len()) };
        }
        // SAFETY: ends the process, and runs nothing of the test runner's on the way.
        unsafe { libc::_exit(127) }
    }
}

trait Tried<T> {
    fn tried(self, tried: &'static str) -> Result<T, Failure>;
}

impl<T> Tried<T> for nix::Result<T> {
    fn tried(self, tried: &'static str) -> Result<T, Failure> {
        self.map_err(|errno| Failure { tried, errno })
    }
}

/// Becomes the program. Comes back only to tell what failed, through the channel.
pub(crate) fn exec(prepared: &mut Prepared, mut channel: RawFd) -> ! {
    let Err(failure) = put_on(prepared, &mut channel);
    failure.report(channel)
}

fn put_on(
    prepared: &mut Prepared,
    channel: &mut RawFd,
) -> Result<std::convert::Infallible, Failure> {
    if let Some((terminal, job)) = prepared.terminal {
        take_place(terminal, job)?;
    }
    wait_for_go(*channel)?;
    place_descriptors(prepared, channel)?;
    set_signals(&prepared.ignored, &prepared.blocked)?;
    umask(prepared.umask);
    chdir(prepared.directory.as_c_str()).tried("chdir")?;
    for &(resource, soft, hard) in &prepared.limits {
        setrlimit(resource, soft, hard).tried("setrlimit")?;
    }
    if let Some(groups) = &prepared.groups {
        setgroups(groups).tried("setgroups")?;
    }
    if let Some((user, group)) = prepared.user {
        setgid(group).tried("setgid")?;
        setuid(user).tried("setuid")?;
    }
    // Last, so that only the program meets it.
    if !prepared.filter.is_empty() {
        install(&mut prepared.filter)?;
    }
    let program = prepared.program.as_ptr();
    let arguments = prepared.arguments.pointers.as_ptr();
    let environment = prepared.environment.pointers.as_ptr();
    // SAFETY: a string and two null-terminated lists of strings, all alive in `prepared`.
    unsafe { libc::execve(program, arguments, environment) };
    Err(Failure::last("exec"))
}

/// What a shell's child does for job control before it becomes the command.
fn take_place(terminal: RawFd, job: Job) -> Result<(), Failure> {
    if job == Job::SessionLeader {
        setsid().tried("setsid")?;
        return take_terminal(terminal);
    }
    setpgid(Pid::from_raw(0), Pid::from_raw(0)).tried("setpgid")?;
    if job == Job::Foreground { to_foreground(terminal, getpid()) } else { Ok(()) }
}

/// Makes the terminal the controlling one of the session that the caller leads.
pub(crate) fn take_terminal(terminal: RawFd) -> Result<(), Failure> {
    // SAFETY: TIOCSCTTY takes an integer.
    let result = unsafe { libc::ioctl(terminal, libc::TIOCSCTTY, 0) };
    Errno::result(result).tried("TIOCSCTTY").map(drop)
}

/// Makes this process group the terminal's foreground one. The caller has SIGTTOU blocked.
pub(crate) fn to_foreground(terminal: RawFd, group: Pid) -> Result<(), Failure> {
    // SAFETY: takes two integers.
    let result = unsafe { libc::tcsetpgrp(terminal, group.as_raw()) };
    Errno::result(result).tried("tcsetpgrp").map(drop)
}

/// Until the test holds this process by a descriptor, the number must not become free.
fn wait_for_go(channel: RawFd) -> Result<(), Failure> {
    let mut byte = 0_u8;
    // SAFETY: reads one byte into a byte. No signal interrupts it: all are blocked.
    let length = unsafe { libc::read(channel, (&raw mut byte).cast(), 1) };
    // An end of file: the test is gone, and with it everybody who wanted this process.
    if length == 1 { Ok(()) } else { Err(Failure::last("waiting for the test")) }
}

/// Nothing above 2 but what was chosen, and that at its number.
fn place_descriptors(prepared: &mut Prepared, channel: &mut RawFd) -> Result<(), Failure> {
    // The chosen numbers may be above the soft limit; the chosen limits are set later.
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).tried("getrlimit")?;
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).tried("setrlimit")?;

    let close_on_exec = libc::CLOSE_RANGE_CLOEXEC as c_int;
    // SAFETY: changes a flag of our own descriptors. Exec closes them, not we: the channel
    // must stay open until then.
    let result = unsafe { libc::syscall(libc::SYS_close_range, 3, u32::MAX, close_on_exec) };
    Errno::result(result).tried("close_range")?;

    // First all out of the way of all, then each to its number.
    let above = prepared.descriptors.iter().map(|place| place.target).max().unwrap_or(2) + 1;
    *channel = duplicate(*channel, above)?;
    for place in &mut prepared.descriptors {
        place.source = duplicate(place.source, above)?;
    }
    for &Place { source, target } in &prepared.descriptors {
        // SAFETY: whatever has that number in this process is nobody's any more.
        let result = unsafe { libc::dup2(source, target) };
        Errno::result(result).tried("dup2")?;
    }
    for &number in &prepared.closed {
        // SAFETY: as above. It may be closed already.
        unsafe { libc::close(number) };
    }
    Ok(())
}

fn duplicate(fd: RawFd, above: RawFd) -> Result<RawFd, Failure> {
    // SAFETY: takes integers; the new descriptor is for this process alone.
    let result = unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, above) };
    Errno::result(result).tried("fcntl(F_DUPFD_CLOEXEC)")
}

fn set_signals(ignored: &[Signal], blocked: &SigSet) -> Result<(), Failure> {
    // A `struct sigaction` of the kernel's own, which begins with the handler, SIG_DFL. Not
    // through libc: it keeps two numbers for itself, and leaves them ignored if they are.
    let default = [0_u64; 4];
    let mask_length = size_of::<u64>();
    for number in 1..=64 {
        let none = ptr::null_mut::<u64>();
        // SAFETY: reads a sigaction, which outlives the call, and writes none. SIGKILL and
        // SIGSTOP can't be changed, and need not be.
        unsafe { libc::syscall(libc::SYS_rt_sigaction, number, &default, none, mask_length) };
    }
    for &signal in ignored {
        // SAFETY: to ignore is no function of ours.
        let previous = unsafe { libc::signal(signal as c_int, libc::SIG_IGN) };
        if previous == libc::SIG_ERR {
            return Err(Failure::last("ignoring a signal"));
        }
    }
    blocked.thread_set_mask().tried("sigprocmask")
}

fn install(filter: &mut [sock_filter]) -> Result<(), Failure> {
    // seccomp(2) wants one of the two, and a privileged command keeps its surroundings as chosen.
    if !Uid::effective().is_root() {
        // SAFETY: takes integers.
        let result = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
        Errno::result(result).tried("PR_SET_NO_NEW_PRIVS")?;
    }
    let program = sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: the program and the instructions it points to outlive the call, which copies them.
    let result = unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &program) };
    Errno::result(result).tried("PR_SET_SECCOMP").map(drop)
}
