//! The command that was started: it watches the daemon and exits with the verdict.

use std::cell::OnceCell;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::command::cancel::Tether;
use crate::command::pipe::{FromDaemon, Received, Record, ToCommand};
use crate::command::start::{Start, Watched, exit};
use crate::command::terminal::Terminal;
use crate::command::verdict::Verdict;
use crate::command::wait::{Child, Sources};
use crate::files::pidfile::LeftBehind;
use crate::sys;

/// How long a program that dropped `Ready`, or whose launch failed, has to end by itself, so that
/// its own error is shown.
const A_MOMENT: Duration = Duration::from_secs(2);

/// How long a daemon has to end when told to, before it is killed, and then to be gone.
pub(crate) const GRACE: Duration = Duration::from_secs(5);

/// A signal that follows the cancelling one sooner than this only repeats it: timeout(1) signals
/// its child and then the group.
const REPEAT_WINDOW: Duration = Duration::from_secs(1);

/// Waits for the daemon, as the sub-reaper that becomes its parent, and exits with the verdict.
///
/// The intermediate process has to be gone first: then the daemon is our child, whose death and
/// exit status nobody can take from us.
pub(crate) fn wait_as_subreaper(mut start: Start, watched: Watched, intermediate: Pid) -> ! {
    let gone = wait_for(intermediate);
    if let Some(daemon) = start.from_daemon.receive_daemon() {
        wait_as_parent(start, watched, daemon, None, None)
    }
    match start.from_daemon.receive() {
        Received::Record(Record::Failed(failure)) => {
            without_daemon(watched, Verdict::Failed(failure), None)
        }
        _ => without_daemon(watched, gone, None),
    }
}

/// Waits for the daemon, whose parent this process is, and exits with the verdict.
///
/// If the command is another process, `lifeline` tells of its death, and `relay` leads to it.
pub(crate) fn wait_as_parent(
    start: Start,
    watched: Watched,
    daemon: Pid,
    lifeline: Option<Tether>,
    relay: Option<ToCommand>,
) -> ! {
    let mut watch = Watch {
        terminal: Terminal::new(&watched.name),
        signalfd: OnceCell::new(),
        daemon: Child::new(daemon),
        lifeline,
        relay,
        start,
        timeout: watched.timeout,
        end_of_file: false,
        dropped: false,
        silent_since: None,
        last_status: None,
    };
    let verdict = watch.until_verdict();
    let was_killed = match &verdict {
        Verdict::Ready(_) => {
            if let Some(notification) = &watched.notification {
                notification.ready();
            }
            false
        }
        _ => watch.end_daemon(&verdict),
    };
    if let Some(relay) = &watch.relay {
        tell(relay, Some(daemon), &verdict);
    }
    conclude(watched, watch.terminal, verdict, was_killed)
}

/// Concludes a start that made no daemon.
pub(crate) fn without_daemon(watched: Watched, verdict: Verdict, relay: Option<ToCommand>) -> ! {
    if let Some(relay) = &relay {
        tell(relay, None, &verdict);
    }
    let terminal = Terminal::new(&watched.name);
    conclude(watched, terminal, verdict, false)
}

/// Puts the file system in order, prints the verdict, and exits with it.
fn conclude(watched: Watched, terminal: Terminal, verdict: Verdict, was_killed: bool) -> ! {
    if !matches!(verdict, Verdict::Ready(_)) {
        watched.left_behind.iter().for_each(LeftBehind::remove);
        watched.captured.remove_empty_logs();
    }
    terminal.finish(&verdict.words(&watched.name, &watched.captured, was_killed));
    exit(verdict.exit())
}

/// Says the verdict to the command, from the intermediate process just before it exits.
fn tell(command: &ToCommand, daemon: Option<Pid>, verdict: &Verdict) {
    // The command may be gone.
    let _ = match (daemon, verdict) {
        (Some(daemon), Verdict::Ready(message)) => {
            command.daemon(daemon).and_then(|()| command.ready(message))
        }
        _ => command.failed(&verdict.failure()),
    };
}

/// Waits until a child is gone; returns how it ended, as a verdict.
fn wait_for(child: Pid) -> Verdict {
    match sys::process::wait(child) {
        Ok(end) => Verdict::Ended(end),
        // It is gone, and nobody kept its status for us; see wait(2), "NOTES".
        Err(Errno::ECHILD) => Verdict::Lost,
        Err(_) => {
            // How it ended cannot be known, but that it is gone can still be seen.
            if let Some(pidfd) = sys::open_pidfd(child) {
                let mut fds = [PollFd::new(pidfd.as_fd(), PollFlags::POLLIN)];
                while poll(&mut fds, PollTimeout::NONE) == Err(Errno::EINTR) {}
            }
            Verdict::Lost
        }
    }
}

/// The wait for a verdict.
struct Watch {
    start: Start,
    timeout: Option<Duration>,
    daemon: Child,
    /// Opened when it is first waited for.
    signalfd: OnceCell<Option<OwnedFd>>,
    lifeline: Option<Tether>,
    relay: Option<ToCommand>,
    terminal: Terminal,
    /// Whether nobody can send anything any more.
    end_of_file: bool,
    /// Whether `Ready` was dropped.
    dropped: bool,
    /// Since when the daemon can no longer say that it is ready.
    silent_since: Option<Instant>,
    last_status: Option<String>,
}

impl Watch {
    fn until_verdict(&mut self) -> Verdict {
        // What the daemon said at once may have been read together with its number; then nothing in
        // the pipe wakes us for it.
        if let Some(verdict) = self.listen(FromDaemon::receive_what_was_read) {
            return verdict;
        }
        loop {
            let happened = self.sources().wait(self.next_deadline());
            // The death is checked before the pipe, so that nothing the daemon said before it died
            // is overlooked.
            if happened.daemon {
                self.daemon.poll();
            }
            if let Some(verdict) = self.listen(FromDaemon::receive) {
                return verdict;
            }
            if let Some(end) = self.daemon.end.clone() {
                return end;
            }
            if let Some(signal) = happened.signal.then(|| self.start.signals.take()).flatten() {
                return Verdict::Cancelled(signal);
            }
            if happened.lifeline {
                return Verdict::Abandoned;
            }
            if let Some(verdict) = self.overdue() {
                return verdict;
            }
        }
    }

    fn signalfd(&self) -> &Option<OwnedFd> {
        self.signalfd.get_or_init(|| sys::open_signalfd(self.start.signals.signals()))
    }

    fn sources(&self) -> Sources<'_> {
        Sources {
            from_daemon: (!self.end_of_file).then(|| self.start.from_daemon.as_fd()),
            daemon: Some(&self.daemon),
            signalfd: self.signalfd().as_ref().map(AsFd::as_fd),
            lifeline: self.lifeline.as_ref().map(AsFd::as_fd),
        }
    }

    /// Takes everything that the daemon has said.
    fn listen(&mut self, receive: fn(&mut FromDaemon) -> Received) -> Option<Verdict> {
        loop {
            match receive(&mut self.start.from_daemon) {
                Received::Record(Record::Ready(message)) => return Some(Verdict::Ready(message)),
                Received::Record(Record::Failed(failure)) => {
                    return Some(Verdict::Failed(failure));
                }
                Received::Record(Record::Status(status)) => {
                    if let Some(relay) = &self.relay {
                        relay.status(&status);
                    }
                    self.terminal.status(&status);
                    self.last_status = Some(status);
                }
                Received::Record(Record::Dropped) => {
                    self.dropped = true;
                    self.silent_since.get_or_insert_with(Instant::now);
                }
                Received::Record(Record::Daemon(_)) => {}
                Received::EndOfFile => {
                    self.end_of_file = true;
                    self.silent_since.get_or_insert_with(Instant::now);
                    return None;
                }
                Received::Nothing => return None,
            }
        }
    }

    fn next_deadline(&self) -> Option<Instant> {
        let silence = self.silent_since.map(|since| since + A_MOMENT);
        [silence, self.last_moment()].into_iter().flatten().min()
    }

    /// When the daemon has to be ready; `None` if it is later than an `Instant` can hold.
    fn last_moment(&self) -> Option<Instant> {
        self.start.since.checked_add(self.timeout?)
    }

    fn overdue(&self) -> Option<Verdict> {
        let now = Instant::now();
        if self.silent_since.is_some_and(|since| now >= since + A_MOMENT) {
            return Some(if self.dropped { Verdict::Dropped } else { Verdict::Silenced });
        }
        let limit = self.timeout.filter(|_| self.last_moment().is_some_and(|at| now >= at))?;
        Some(Verdict::TimedOut { limit, last_status: self.last_status.clone() })
    }

    /// Ends a daemon whose start has failed, and waits until it is gone, so that nothing of it is
    /// left when the command returns. Says whether it had to be killed.
    fn end_daemon(&mut self, verdict: &Verdict) -> bool {
        if matches!(verdict, Verdict::Failed(_)) && self.daemon_ends_within(A_MOMENT) {
            return false;
        }
        if self.daemon.end.is_some() {
            return false;
        }
        let _ = kill(self.daemon.pid, Signal::SIGTERM);
        // A stopped process does not see SIGTERM until it continues.
        let _ = kill(self.daemon.pid, Signal::SIGCONT);
        if self.daemon_ends_within(GRACE) {
            return false;
        }
        let _ = kill(self.daemon.pid, Signal::SIGKILL);
        self.daemon_ends_within(GRACE);
        true
    }

    /// Waits for the daemon's end, but no longer than `limit`, and only until another cancelling
    /// signal, a second or more later, tells us to hurry.
    fn daemon_ends_within(&mut self, limit: Duration) -> bool {
        let since = Instant::now();
        let deadline = since + limit;
        loop {
            self.daemon.poll();
            if self.daemon.end.is_some() {
                return true;
            }
            let told_to_hurry =
                self.start.signals.take().is_some() && since.elapsed() >= REPEAT_WINDOW;
            if told_to_hurry || Instant::now() >= deadline {
                return false;
            }
            Sources { from_daemon: None, lifeline: None, ..self.sources() }.wait(Some(deadline));
        }
    }
}
