//! The two ways to cancel a start: a signal to the command, and the command's death.

use std::os::fd::{AsFd, BorrowedFd, IntoRawFd, OwnedFd};

use nix::errno::Errno;
use nix::poll::PollTimeout;
use nix::unistd::Pid;

use crate::error::{Error, ErrorKind};
use crate::sys;
use crate::sys::descriptors::{close_on_exec_pipe, is_readable_within};
use crate::sys::signals::{Action, SignalSet, block, block_only, replace_with_default, restore};

/// The signals that cancel a start, held back so that the command takes them one at a time; and
/// SIGCHLD at its default, so that children leave a status.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CancelSignals {
    signals: SignalSet,
    /// The signal mask before the launch.
    pub(crate) mask: SignalSet,
    /// The action for SIGCHLD before the launch, if it was not the default.
    child_action: Option<&'static Action>,
}

impl CancelSignals {
    /// Blocks SIGINT, SIGHUP and SIGTERM, unless they were ignored when the command started:
    /// whoever uses nohup means it.
    ///
    /// SIGTTOU is blocked with them, so that a command in the background of a terminal set to
    /// `tostop` prints its verdict instead of being stopped; see termios(3), "TOSTOP".
    ///
    /// A process that ignores SIGCHLD, has set `SA_NOCLDWAIT`, or reaps children in a handler would
    /// never learn how the daemon ended; see wait(2), "NOTES".
    pub(crate) fn hold_back(ignored: SignalSet) -> Result<Self, Errno> {
        let all = SignalSet::of(&[libc::SIGINT, libc::SIGHUP, libc::SIGTERM]);
        let signals = all.without(ignored);
        let mask = block(signals.with(SignalSet::of(&[libc::SIGTTOU])))?;
        let child_action = replace_with_default(libc::SIGCHLD).inspect_err(|_| {
            let _ = block_only(mask);
        })?;
        // Leaked on purpose: a process is launched once.
        let changed = (!child_action.is_default()).then_some(child_action);
        let child_action = changed.map(|action| &*Box::leak(Box::new(action)));
        Ok(CancelSignals { signals, mask, child_action })
    }

    /// Undoes it, for a process that launches nothing.
    pub(crate) fn let_through(self) {
        let _ = self.restore_child_action();
        let _ = block_only(self.mask);
    }

    /// In the daemon: gives the program its action for SIGCHLD back.
    pub(crate) fn restore_child_action(self) -> Result<(), Errno> {
        self.child_action.map_or(Ok(()), |action| restore(libc::SIGCHLD, action))
    }

    pub(crate) fn signals(self) -> SignalSet {
        self.signals
    }

    /// Takes one that is pending, if any is.
    pub(crate) fn take(self, signalfd: Option<BorrowedFd<'_>>) -> Option<libc::c_int> {
        if self.signals.is_empty() { None } else { sys::take_pending(self.signals, signalfd) }
    }
}

/// A pipe to which nothing is written, and whose writing end only the command keeps. Its reader
/// sees the end of file, or gets a signal, when the command is gone.
#[derive(Debug)]
pub(crate) struct Lifeline {
    reader: OwnedFd,
    /// In the command alone, where only its death closes it.
    writer: Option<OwnedFd>,
}

impl Lifeline {
    pub(crate) fn new() -> Result<Self, Errno> {
        let (reader, writer) = close_on_exec_pipe()?;
        Ok(Lifeline { reader, writer: Some(writer) })
    }

    /// In the command: the daemon, by the kernel's word, once it has fastened its end.
    pub(crate) fn daemon(&self) -> Option<Pid> {
        sys::owner(&self.reader)
    }

    /// In the command: whether the daemon, whoever's child it is, is alive.
    pub(crate) fn is_daemon_alive(&self) -> bool {
        let Some(pid) = self.daemon() else { return false };
        // It may be dead and not reaped.
        let Some(pidfd) = sys::open_pidfd(pid) else { return true };
        !is_readable_within(pidfd, PollTimeout::ZERO)
    }

    /// In the intermediate process: leaves it to the command, whose death then shows.
    pub(crate) fn leave_to_command(&mut self) {
        self.writer = None;
    }

    /// In the daemon: makes it end with the command until it is ready, since a start whose command
    /// dies is cancelled.
    ///
    /// Our copy of the command's end is closed only afterwards: if the command is dead by then, that
    /// closes the last one, and the signal comes.
    pub(crate) fn fasten(self, daemon: Pid) -> Result<Tether, Error> {
        let tether = Tether(self.reader);
        tether.ask_for_signal(daemon)?;
        drop(self.writer);
        Ok(tether)
    }
}

/// It is readable once the command is dead.
impl AsFd for Lifeline {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }
}

/// The end of a [`Lifeline`] that tells of the command's death: it is readable from then on.
#[derive(Debug)]
pub(crate) struct Tether(OwnedFd);

impl Tether {
    fn ask_for_signal(&self, daemon: Pid) -> Result<(), Error> {
        sys::die_with_writer(&self.0, daemon)
            .map_err(|errno| Error::cannot("ask for a signal", errno))
    }

    /// In the daemon, after a change of user: fastens it once more. The signal is sent with the
    /// rights of the process that asked for it, and those of root in a user namespace may not reach
    /// the new user; see fcntl(2), "F_SETOWN".
    pub(crate) fn fasten_again(&self, daemon: Pid) -> Result<(), Error> {
        self.ask_for_signal(daemon)?;
        // If the command died before, no signal will come.
        if self.is_command_gone_within(PollTimeout::ZERO) {
            let what = "start cancelled, because the command that started it is gone";
            return Err(Error::new(ErrorKind::Software, what));
        }
        Ok(())
    }

    /// In the daemon, when it is ready: lets it outlive the command.
    pub(crate) fn release(&self) -> Result<(), Error> {
        sys::outlive_writer(&self.0).map_err(|errno| Error::cannot("outlive the command", errno))
    }

    /// In the daemon, once it is released: to be closed.
    pub(crate) fn into_descriptor(self) -> OwnedFd {
        self.0
    }

    /// In the daemon: leaves it fastened for the rest of this process's life.
    pub(crate) fn keep_fastened(self) {
        let _closed_by_exit = self.0.into_raw_fd();
    }

    /// Waits for the command's death, but no longer than `limit`.
    pub(crate) fn is_command_gone_within(&self, limit: PollTimeout) -> bool {
        is_readable_within(&self.0, limit)
    }
}
