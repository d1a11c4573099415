//! How a process that watches waits: for a child, records, signals, the end of another process.

use std::cell::OnceCell;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::PollTimeout;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::command::verdict::Verdict;
use crate::sys;
use crate::sys::descriptors::{is_readable_within, wait_for_any};

/// How often we look where the system has nothing to wait on (no pidfd, no signalfd).
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A child of this process. Until it is reaped, its number stays its own.
#[derive(Debug)]
pub(crate) struct Child {
    pub(crate) pid: Pid,
    /// Opened when it is first waited for.
    pidfd: OnceCell<Option<OwnedFd>>,
    end: Option<Verdict>,
}

impl Child {
    pub(crate) fn new(pid: Pid) -> Self {
        Child { pid, pidfd: OnceCell::new(), end: None }
    }

    fn pidfd(&self) -> Option<&OwnedFd> {
        self.pidfd.get_or_init(|| sys::open_pidfd(self.pid)).as_ref()
    }

    /// How it ended, if it has.
    pub(crate) fn end(&mut self) -> Option<&Verdict> {
        if self.end.is_none() {
            self.end = match sys::end_of_child(self.pid) {
                Ok(None) | Err(Errno::EINTR) => None,
                Ok(Some(end)) => Some(Verdict::Ended(end)),
                // Somebody else has reaped it.
                Err(Errno::ECHILD) => Some(Verdict::Lost),
                // How it ended cannot be known, but whether it is gone can still be seen.
                Err(_) => self.is_gone().then_some(Verdict::Lost),
            };
        }
        self.end.as_ref()
    }

    fn is_gone(&self) -> bool {
        let Some(pidfd) = self.pidfd() else { return false };
        is_readable_within(pidfd, PollTimeout::ZERO)
    }

    /// Lets it go if it has ended, so that it does not count as a process of the user's any more.
    /// Says whether it is gone.
    pub(crate) fn reap(&self) -> bool {
        sys::process::reap(self.pid)
    }

    /// Whether its end is known already.
    pub(crate) fn has_ended(&self) -> bool {
        self.end.is_some()
    }

    /// Signals it, if it is proved to be a child of this process and alive.
    pub(crate) fn signal(&self, signal: Signal) {
        if sys::end_of_child(self.pid) == Ok(None) {
            let _ = kill(self.pid, signal);
        }
    }
}

/// The sources that can wake us.
#[derive(Default)]
pub(crate) struct Sources<'a> {
    pub(crate) from_daemon: Option<BorrowedFd<'a>>,
    pub(crate) child: Option<&'a Child>,
    pub(crate) signalfd: Option<BorrowedFd<'a>>,
    pub(crate) lifeline: Option<BorrowedFd<'a>>,
}

/// The sources to look at after waking.
pub(crate) struct Happened {
    pub(crate) child: bool,
    pub(crate) signal: bool,
    pub(crate) lifeline: bool,
}

impl<'a> Sources<'a> {
    /// Waits until something happens or the deadline has passed; see poll(2). Without a descriptor
    /// to wait on, everything has to be looked at now and then.
    pub(crate) fn wait(&self, deadline: Option<Instant>) -> Happened {
        let pidfd = self.child.and_then(Child::pidfd).map(AsFd::as_fd);
        let is_child_unseen = self.child.is_some() && pidfd.is_none();
        let is_blind = is_child_unseen || self.signalfd.is_none();
        let look_again = is_blind.then(|| Instant::now() + LOOK_AGAIN);
        let until = [deadline, look_again].into_iter().flatten().min();

        let sources = [pidfd, self.signalfd, self.lifeline, self.from_daemon];
        let woken = wait_for_any(sources, timeout(until));
        let is_untold = woken.is_err_and(|errno| errno != Errno::EINTR);
        if is_untold {
            // For want of memory, for example: everything is looked at then.
            std::thread::sleep(LOOK_AGAIN);
        }

        let [child, signal, lifeline, _] = woken.unwrap_or_default();
        Happened {
            child: child || is_child_unseen || is_untold,
            signal: signal || self.signalfd.is_none() || is_untold,
            lifeline,
        }
    }
}

/// The time until then, rounded up to the millisecond so that it has passed afterwards.
fn timeout(until: Option<Instant>) -> PollTimeout {
    let Some(until) = until else { return PollTimeout::NONE };
    let left = until.saturating_duration_since(Instant::now()) + Duration::from_micros(999);
    PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX)
}
