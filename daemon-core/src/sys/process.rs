//! Processes: fork(2), `_exit(2)`, atexit(3), `pthread_atfork(3)`, umask(2), fflush(3), setenv(3).

use std::ffi::OsStr;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::errno::Errno;
use nix::sys::stat::{Mode, umask};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid};

/// The process in which fork(2) returned.
pub(crate) enum Forked {
    Parent { child: Pid },
    Child,
}

/// `fork()`: creates a child process; see fork(2).
///
/// The caller must make sure that no other thread runs: the child of a process with threads may
/// call only async-signal-safe functions (fork(2), "NOTES"), and our child runs the whole program.
pub(crate) fn fork() -> Result<Forked, Errno> {
    // SAFETY: the caller has made sure, as far as the system tells, that no other thread runs; so
    // nothing that another thread held (a lock of the allocator, say) stays held in the child.
    match unsafe { nix::unistd::fork() }? {
        ForkResult::Parent { child } => Ok(Forked::Parent { child }),
        ForkResult::Child => Ok(Forked::Child),
    }
}

/// `_exit(status)`: ends the process at once, without atexit(3) handlers, which belong to the
/// daemon; see _exit(2).
pub(crate) fn exit_immediately(status: u8) -> ! {
    // SAFETY: _exit(2) takes any status and does not return.
    unsafe { libc::_exit(status.into()) }
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Exited(libc::c_int),
    Killed { signal: libc::c_int, core_dumped: bool },
}

/// `waitpid(child, WNOHANG)`: how a child has ended, if it has; see waitpid(2). It is reaped.
///
/// Not nix's, which does not know the real-time signals and loses how a process that was killed by
/// one has ended.
pub(super) fn reap_with_status(child: Pid) -> Result<Option<End>, Errno> {
    let mut status = 0;
    // SAFETY: the status lives during the call.
    let waited = unsafe { libc::waitpid(child.as_raw(), &raw mut status, libc::WNOHANG) };
    if Errno::result(waited)? == 0 {
        return Ok(None);
    }
    Ok(Some(if libc::WIFSIGNALED(status) {
        End::Killed { signal: libc::WTERMSIG(status), core_dumped: libc::WCOREDUMP(status) }
    } else {
        End::Exited(libc::WEXITSTATUS(status))
    }))
}

/// `waitpid(child, WNOHANG)`: lets a child go that has ended; see waitpid(2). Says whether it is
/// gone.
pub(crate) fn reap(child: Pid) -> bool {
    waitpid(child, Some(WaitPidFlag::WNOHANG)) != Ok(WaitStatus::StillAlive)
}

/// `atexit(handler)`: registers `handler` for the normal exit of the process; see atexit(3).
pub(crate) fn at_exit(handler: extern "C" fn()) -> Result<(), Errno> {
    // SAFETY: the handler is a function of this program, which is never unloaded before it exits.
    match unsafe { libc::atexit(handler) } {
        0 => Ok(()),
        _ => Err(Errno::ENOMEM),
    }
}

/// `pthread_atfork(NULL, NULL, handler)`: registers `handler` for each child that fork(3) makes
/// from now on; see pthread_atfork(3).
///
/// The handler may only call async-signal-safe functions.
pub(crate) fn after_fork_in_the_child(handler: extern "C" fn()) -> Result<(), Errno> {
    // The declarations of pthread_atfork in libc take `unsafe extern "C" fn()`.
    let handler: unsafe extern "C" fn() = handler;
    // SAFETY: as in `at_exit`; the caller vouches for what the handler calls.
    match unsafe { libc::pthread_atfork(None, None, Some(handler)) } {
        0 => Ok(()),
        error => Err(Errno::from_raw(error)),
    }
}

/// A truth value in memory that reads as false in each child of this process, by whatever call it
/// is made; see madvise(2), `MADV_WIPEONFORK`. Where that cannot be had, in each child of fork(3).
pub(crate) fn memory_without_children() -> Option<&'static AtomicBool> {
    if let Some(wiped) = super::wiped_in_children() {
        return Some(wiped);
    }
    static SET: AtomicBool = AtomicBool::new(false);
    extern "C" fn unset() {
        SET.store(false, Ordering::Relaxed);
    }
    after_fork_in_the_child(unset).ok().map(|()| &SET)
}

/// `umask()`: the file mode creation mask; see umask(2), which has no way to look without setting.
pub(crate) fn file_creation_mask() -> u32 {
    let mask = umask(Mode::empty());
    umask(mask);
    mask.bits() as u32
}

/// `fflush(NULL)`: writes what C code has buffered, which would otherwise be written twice after a
/// fork; see fflush(3).
pub(crate) fn flush_c_streams() {
    // SAFETY: a null stream means all of them. No other thread uses them; see `fork`.
    unsafe { libc::fflush(std::ptr::null_mut()) };
}

/// Makes a child that ends at once, to find out whether the user may have another process.
pub(crate) fn try_fork() -> Result<(), Errno> {
    match fork()? {
        Forked::Child => exit_immediately(0),
        // With SIGCHLD ignored there is nothing left to wait for; see wait(2), "ERRORS".
        Forked::Parent { child } => {
            while waitpid(child, None) == Err(Errno::EINTR) {}
            Ok(())
        }
    }
}

/// `setenv(name, value, 1)`, or `unsetenv(name)` without a value; see setenv(3).
///
/// The caller must make sure that no other thread runs.
pub(crate) fn set_variable(name: &str, value: Option<&OsStr>) {
    match value {
        // SAFETY: no other thread reads the environment, because there is none.
        Some(value) => unsafe { std::env::set_var(name, value) },
        // SAFETY: as above.
        None => unsafe { std::env::remove_var(name) },
    }
}
