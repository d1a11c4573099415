//! Whether this is the process that was launched, or one that it has forked.

use std::sync::atomic::{AtomicBool, Ordering};

use nix::unistd::{Pid, getpid};

use crate::sys;

/// Set in each child that fork(3) makes from then on that it is asked for.
static IS_FORKED: AtomicBool = AtomicBool::new(false);

/// A process that knows itself again. A forked child has copies of everything that the process has,
/// but not its number, by whatever call it was made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OwnProcess(Pid);

impl OwnProcess {
    /// This process, whose number this is.
    pub(crate) fn of(pid: Pid) -> Self {
        if pid == Pid::from_raw(1) {
            // Its child may be process 1 too, of another process namespace; see pid_namespaces(7).
            // Where there is no memory for that, the numbers have to do.
            let _ = sys::process::after_fork_in_the_child(note_fork);
        }
        OwnProcess(pid)
    }

    pub(crate) fn pid(self) -> Pid {
        self.0
    }

    pub(crate) fn is_this(self) -> bool {
        self.0 == getpid() && !IS_FORKED.load(Ordering::Relaxed)
    }
}

extern "C" fn note_fork() {
    IS_FORKED.store(true, Ordering::Relaxed);
}
