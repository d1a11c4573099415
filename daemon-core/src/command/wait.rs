//! What a process that watches waits for: a child, records, signals, the end of another process.

use std::cell::OnceCell;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::Pid;

use crate::command::verdict::Verdict;
use crate::sys;

/// How often we look where the system has nothing to wait on (no pidfd, no signalfd).
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A child of this process.
pub(crate) struct Child {
    pub(crate) pid: Pid,
    /// Opened when it is waited for.
    pidfd: OnceCell<Option<OwnedFd>>,
    /// How it ended, once it has.
    pub(crate) end: Option<Verdict>,
}

impl Child {
    pub(crate) fn new(pid: Pid) -> Self {
        Child { pid, pidfd: OnceCell::new(), end: None }
    }

    fn pidfd(&self) -> Option<&OwnedFd> {
        self.pidfd.get_or_init(|| sys::open_pidfd(self.pid)).as_ref()
    }

    /// Takes note of its end. Until then its number cannot come to mean another process.
    pub(crate) fn look(&mut self) {
        if self.end.is_none() {
            self.end = match sys::process::has_ended(self.pid) {
                Ok(None) | Err(Errno::EINTR) => None,
                Ok(Some(end)) => Some(Verdict::Ended(end)),
                Err(_) => Some(Verdict::Lost),
            };
        }
    }
}

/// What can wake us.
#[derive(Default)]
pub(crate) struct Sources<'a> {
    pub(crate) from_daemon: Option<BorrowedFd<'a>>,
    pub(crate) daemon: Option<&'a Child>,
    pub(crate) signalfd: Option<&'a OwnedFd>,
    pub(crate) lifeline: Option<&'a OwnedFd>,
}

/// What has to be looked at after waking.
pub(crate) struct Happened {
    pub(crate) daemon: bool,
    pub(crate) signal: bool,
    pub(crate) lifeline: bool,
}

impl Sources<'_> {
    /// Waits until something happens or the deadline is over; see poll(2). Where there is no
    /// descriptor to wait on, everything has to be looked at now and then.
    pub(crate) fn wait(&self, deadline: Option<Instant>) -> Happened {
        let pidfd = self.daemon.and_then(Child::pidfd);
        let look_again =
            (pidfd.is_none() || self.signalfd.is_none()).then(|| Instant::now() + LOOK_AGAIN);
        let until = [deadline, look_again].into_iter().flatten().min();

        let all = [
            self.from_daemon,
            pidfd.map(AsFd::as_fd),
            self.signalfd.map(AsFd::as_fd),
            self.lifeline.map(AsFd::as_fd),
        ];
        let mut fds: Vec<_> =
            all.iter().flatten().map(|fd| PollFd::new(*fd, PollFlags::POLLIN)).collect();
        // For want of memory, for example: then nothing is told, and everything is looked at.
        let untold = poll(&mut fds, timeout(until)).is_err_and(|errno| errno != Errno::EINTR);
        if untold {
            std::thread::sleep(LOOK_AGAIN);
        }

        let mut polled = fds.iter();
        let mut ready = |source: &Option<BorrowedFd<'_>>| {
            source.is_some() && polled.next().and_then(PollFd::any).unwrap_or(false)
        };
        let [_, pidfd_ready, signalfd_ready, lifeline_ready] =
            [ready(&all[0]), ready(&all[1]), ready(&all[2]), ready(&all[3])];
        Happened {
            daemon: pidfd_ready || pidfd.is_none() || untold,
            signal: signalfd_ready || self.signalfd.is_none() || untold,
            lifeline: lifeline_ready,
        }
    }
}

/// The time until then, rounded up to the millisecond so that it is over afterwards.
fn timeout(until: Option<Instant>) -> PollTimeout {
    let Some(until) = until else { return PollTimeout::NONE };
    let left = until.saturating_duration_since(Instant::now()) + Duration::from_micros(999);
    PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX)
}
