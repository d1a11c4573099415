//! ptrace(2), as far as nix has no safe form of it.

#![expect(unsafe_code, reason = "waitpid(2) and ptrace(2) with numbers that nix does not know")]

use std::{fs::File, io, os::unix::fs::FileExt, ptr};

use libc::{c_int, c_long, c_ulonglong, pid_t};
use nix::{
    sys::ptrace::{self, Options},
    unistd::Pid,
};

/// A stop or the end of a traced thread, or the end of a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// It is gone; its status as of waitpid(2).
    End(c_int),
    /// It has made a process, or with the last one a thread, which has this number.
    Fork(pid_t),
    Clone(pid_t),
    /// It is about to make a system call.
    Call,
    /// It has made the system call at which [`to_the_end_of_the_call`] let it go on.
    CallMade,
    /// It has just begun, or was interrupted.
    Trap,
    /// The whole process was stopped by a signal.
    GroupStop,
    /// It is about to be given this signal.
    Signal(c_int),
}

/// How the end of a system call's stop is told from a SIGTRAP; see PTRACE_O_TRACESYSGOOD.
const CALL_MADE: c_int = libc::SIGTRAP | 0x80;

/// Begins to trace a thread, and all that it makes from now on. They die with the calling thread,
/// which is their tracer.
pub(super) fn seize(tid: pid_t) -> nix::Result<()> {
    let options = Options::PTRACE_O_TRACEFORK
        | Options::PTRACE_O_TRACEVFORK
        | Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACESECCOMP
        | Options::PTRACE_O_TRACESYSGOOD
        | Options::PTRACE_O_EXITKILL;
    ptrace::seize(Pid::from_raw(tid), options)
}

/// The next event of any thread that the calling thread traces, or child that it has made.
pub(super) fn next_event() -> Option<(pid_t, Event)> {
    let mut status = 0;
    let flags = libc::__WALL | libc::__WNOTHREAD | libc::WNOHANG;
    // SAFETY: the status outlives the call.
    let tid = unsafe { libc::waitpid(-1, &raw mut status, flags) };
    (tid > 0).then(|| (tid, event(tid, status)))
}

fn event(tid: pid_t, status: c_int) -> Event {
    if !libc::WIFSTOPPED(status) {
        return Event::End(status);
    }
    let signal = libc::WSTOPSIG(status);
    match status >> 16 {
        libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK => Event::Fork(message(tid)),
        libc::PTRACE_EVENT_CLONE => Event::Clone(message(tid)),
        libc::PTRACE_EVENT_SECCOMP => Event::Call,
        libc::PTRACE_EVENT_STOP if signal == libc::SIGTRAP => Event::Trap,
        libc::PTRACE_EVENT_STOP => Event::GroupStop,
        _ if signal == CALL_MADE => Event::CallMade,
        _ => Event::Signal(signal),
    }
}

/// Zero if it was killed meanwhile.
fn message(tid: pid_t) -> pid_t {
    ptrace::getevent(Pid::from_raw(tid)).unwrap_or(0) as pid_t
}

/// Lets a stopped thread go on, with a signal perhaps. If it was killed meanwhile, its end is the
/// next event.
pub(super) fn go_on(tid: pid_t, signal: c_int) {
    request(libc::PTRACE_CONT, tid, signal);
}

/// Lets a thread that is about to make a call make it, and stop then.
pub(super) fn to_the_end_of_the_call(tid: pid_t) {
    request(libc::PTRACE_SYSCALL, tid, 0);
}

/// Leaves a process that was stopped by a signal stopped, as it would be without a tracer.
pub(super) fn leave_stopped(tid: pid_t) {
    request(libc::PTRACE_LISTEN, tid, 0);
}

/// Stops a thread, whatever it does: the event is a [`Event::Trap`].
pub(super) fn interrupt(tid: pid_t) {
    _ = ptrace::interrupt(Pid::from_raw(tid));
}

fn request(request: libc::c_uint, tid: pid_t, signal: c_int) {
    let (address, data) = (ptr::null_mut::<u8>(), signal as c_long);
    // SAFETY: these requests take numbers alone. ESRCH says that it was killed meanwhile.
    _ = unsafe { libc::ptrace(request, tid, address, data) };
}

/// A system call that is about to be made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entered {
    pub(super) number: c_long,
    pub(super) arguments: [u64; 6],
}

/// What a thread that is stopped before a call is about to call; `None` if it was killed meanwhile.
pub(super) fn entered(tid: pid_t) -> Option<Entered> {
    let it = ptrace::getregs(Pid::from_raw(tid)).ok()?;
    let arguments = [it.rdi, it.rsi, it.rdx, it.r10, it.r8, it.r9];
    Some(Entered { number: it.orig_rax as c_long, arguments })
}

/// Makes the call at which this thread is stopped, before or after it, fail; see seccomp(2),
/// SECCOMP_RET_TRACE: the number -1 means that there is no call.
pub(super) fn fail(tid: pid_t, errno: c_int) -> nix::Result<()> {
    let tid = Pid::from_raw(tid);
    let mut registers = ptrace::getregs(tid)?;
    registers.orig_rax = c_ulonglong::MAX;
    registers.rax = (-c_long::from(errno)) as c_ulonglong;
    ptrace::setregs(tid, registers)
}

/// Reads the memory of a process, up to `length` bytes.
pub(super) fn memory(tid: pid_t, address: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    let read = File::open(format!("/proc/{tid}/mem"))?.read_at(&mut bytes, address)?;
    bytes.truncate(read);
    Ok(bytes)
}

/// Kills a process that this thread has not yet seen the end of, so the number is still its own.
pub(super) fn kill(pid: pid_t) {
    _ = nix::sys::signal::kill(Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL);
}
