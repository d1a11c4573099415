//! Whether this is the process that was launched, or one that it has forked.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::unistd::{Pid, getpid};

use crate::sys;

/// The first process of its process namespace: init, or the program of a container.
pub(crate) const PROCESS_1: Pid = Pid::from_raw(1);

/// Is true in process 1 and false in its children; there only if this is process 1.
static MARK: OnceLock<Option<&'static AtomicBool>> = OnceLock::new();

/// A process that knows itself again. A forked child has copies of everything that the process has,
/// but not its number, by whatever call it was made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OwnProcess(Pid);

impl OwnProcess {
    /// This process, whose number this is.
    pub(crate) fn of(pid: Pid) -> Self {
        if pid == PROCESS_1 {
            // Its child may be process 1 too, of another process namespace; see pid_namespaces(7).
            let mark = MARK.get_or_init(sys::process::memory_without_children);
            mark.iter().for_each(|mark| mark.store(true, Ordering::Relaxed));
        }
        OwnProcess(pid)
    }

    pub(crate) fn pid(self) -> Pid {
        self.0
    }

    pub(crate) fn is_this(self) -> bool {
        let is_marked =
            || MARK.get().copied().flatten().is_none_or(|it| it.load(Ordering::Relaxed));
        self.0 == getpid() && is_marked()
    }
}
