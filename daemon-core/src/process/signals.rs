//! Signals: those that were inherited ignored or blocked, and those that end process 1.

use std::time::Duration;

use nix::errno::Errno;
use nix::unistd::Pid;

use crate::process::own::PROCESS_1;
use crate::sys;
use crate::sys::signals::{self, SignalSet, block_only, is_ignored, set_default};

/// How long a program has to end when told to, before it is ended.
pub(crate) const GRACE: Duration = Duration::from_secs(5);

/// A signal that follows another one sooner than this only repeats it: timeout(1) signals its child
/// and then the group.
pub(crate) const REPEAT_WINDOW: Duration = Duration::from_secs(1);

/// The signals that were ignored or blocked when `main` was entered.
///
/// Both survive execve(2), so a daemon would otherwise be deaf to the signals that its starter
/// (nohup, a script's `trap ''`, a careless parent) did not want; see daemon(7), steps 2 and 3.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct InheritedSignals {
    pub(crate) ignored: SignalSet,
    pub(crate) blocked: SignalSet,
}

impl InheritedSignals {
    /// Those of the beginning of the process.
    pub(crate) fn at_start() -> Self {
        let (ignored, blocked) = sys::start::signals_at_start();
        InheritedSignals { ignored, blocked }
    }

    /// Puts inherited signals back to their defaults: ignored ones act again, blocked ones are
    /// unblocked. `mask` is the signal mask from before the launch.
    ///
    /// SIGPIPE stays ignored, as the standard library sets it, and handlers stay, among them its
    /// own for stack overflow. Signals that the program itself has ignored or blocked since `main`
    /// was entered are left alone.
    pub(crate) fn put_back(self, mask: SignalSet) -> Result<(), Errno> {
        let ignored = self.ignored.without(SignalSet::of(&[libc::SIGPIPE]));
        for signal in ignored.iter().filter(|signal| is_ignored(*signal)) {
            match set_default(signal) {
                // The C library keeps two real-time signals for itself and does not let them be
                // changed; see nptl(7).
                Ok(()) | Err(Errno::EINVAL) => {}
                Err(errno) => return Err(errno),
            }
        }
        block_only(mask.without(self.blocked))
    }
}

/// If this is process 1, lets SIGTERM and SIGINT end it where the program leaves them at their
/// default: the kernel sends process 1 only signals that it handles; see pid_namespaces(7).
pub(crate) fn end_process_1(pid: Pid) {
    if pid == PROCESS_1 {
        for signal in [libc::SIGTERM, libc::SIGINT] {
            // sigaction(2) refuses only SIGKILL and SIGSTOP.
            let _ = signals::exit_on(signal);
        }
    }
}

/// The name of a signal, as in signal(7): `SIGSEGV`, or `signal 34` for those without one.
pub(crate) fn name(signal: libc::c_int) -> String {
    match nix::sys::signal::Signal::try_from(signal) {
        Ok(signal) => signal.as_str().to_owned(),
        Err(_) => format!("signal {signal}"),
    }
}
