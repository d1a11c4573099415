//! The command, where the intermediate process watches in its place: it passes on signals that
//! cancel the start, tells the supervisor what it hears, and exits as the intermediate does.

use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use nix::unistd::Pid;

use crate::command::conclusion::{conclude, end_in_place_of, tell_supervisor, watch_in_place_of};
use crate::command::group::Group;
use crate::command::pipe::{FromDaemon, Received, Record};
use crate::command::start::{Start, Watched, exit};
use crate::command::terminal::Terminal;
use crate::command::verdict::{Exit, Verdict};
use crate::command::wait::{Child, Sources};
use crate::error::Failure;
use crate::process::signals::GRACE;
use crate::supervisor::notify;
use crate::sys;
use crate::sys::process::End;

/// Waits for the intermediate process, which watches the daemon.
pub(crate) fn wait_for_watcher(
    start: Start,
    watched: Watched,
    from_watcher: FromDaemon,
    watcher: Pid,
) -> ! {
    let mut relay = Relay::new(start, &watched, from_watcher, watcher);
    let end = relay.until_watcher_ends();
    let Relay { start, heard, watcher, group, cancelled, .. } = relay;
    let daemon = heard.daemon.or_else(|| start.lifeline.daemon());
    match (end, heard.ready, heard.failure) {
        (_, Some(message), _) => ready(start, watched, watcher, daemon, &message),
        (end, None, Some(failure)) => {
            group.signal(Signal::SIGKILL);
            watcher.signal(Signal::SIGKILL);
            notify::failed(&failure);
            exit_with(watched, end, failure, cancelled)
        }
        // Its record was lost, but its status says as much.
        (Some(Verdict::Ended(End::Exited(0))), ..) => ready(start, watched, watcher, daemon, ""),
        // It has said why, to everybody but the supervisor.
        (Some(end @ Verdict::Ended(End::Exited(_))), ..) => {
            group.signal(Signal::SIGKILL);
            notify::failed(&end.failure());
            exit(end.exit())
        }
        (Some(Verdict::Ended(End::Killed { signal, .. })), ..) if cancelled == Some(signal) => {
            group.signal(Signal::SIGKILL);
            notify::failed(&Verdict::Cancelled(signal).failure());
            exit(Exit::Signal(signal))
        }
        (Some(_), ..) if cancelled.is_none() => watch_in_place_of(watcher, start, watched),
        // Told to cancel the start, something has killed it before it could; or it hangs.
        _ => {
            group.signal(Signal::SIGKILL);
            watcher.signal(Signal::SIGKILL);
            let verdict = match (cancelled, watched.timeout) {
                (Some(signal), _) => Verdict::Cancelled(signal),
                (None, Some(limit)) => Verdict::TimedOut { limit, last_status: None },
                (None, None) => Verdict::Lost,
            };
            notify::failed(&verdict.failure());
            let terminal = Terminal::new(watched.name);
            conclude(watched, terminal, verdict, true)
        }
    }
}

/// The watcher is gone, so the daemon by now has the supervisor for its parent: systemd kills a
/// main process that is not its child without giving it time.
fn ready(start: Start, watched: Watched, watcher: Child, daemon: Option<Pid>, message: &str) -> ! {
    match tell_supervisor(watched.name, daemon, message) {
        Ok(()) => exit(Exit::Status(0)),
        Err(error) => end_in_place_of(watcher, start, watched, Verdict::failed(&error)),
    }
}

/// As the watcher did, which has said why; or in its place, if something has killed it meanwhile.
fn exit_with(
    mut watched: Watched,
    end: Option<Verdict>,
    failure: Failure,
    cancelled: Option<libc::c_int>,
) -> ! {
    match end {
        Some(Verdict::Ended(End::Exited(status))) if status == failure.exit_code.into() => {
            exit(Exit::Status(failure.exit_code))
        }
        // It dies of a signal by itself only where that has cancelled the start.
        Some(Verdict::Ended(End::Killed { signal, .. })) if cancelled == Some(signal) => {
            exit(Exit::Signal(signal))
        }
        _ => {
            let verdict = Verdict::Failed(failure);
            let words = verdict.words(watched.name, &watched.take_captured(), false);
            Terminal::new(watched.name).finish(&words);
            exit(verdict.exit())
        }
    }
}

struct Relay {
    start: Start,
    watcher: Child,
    group: Group,
    heard: Heard,
    signalfd: Option<OwnedFd>,
    /// When the watcher must be gone, if it gives up in time.
    deadline: Option<Instant>,
    cancelled: Option<libc::c_int>,
}

impl Relay {
    fn new(start: Start, watched: &Watched, from_watcher: FromDaemon, watcher: Pid) -> Self {
        let deadline = watched.timeout.and_then(|limit| watched.since.checked_add(limit));
        Relay {
            signalfd: sys::open_signalfd(start.signals.signals()),
            start,
            watcher: Child::new(watcher),
            group: Group::led_by(watcher),
            heard: Heard::nothing(from_watcher, deadline),
            deadline: deadline.and_then(|deadline| deadline.checked_add(3 * GRACE)),
            cancelled: None,
        }
    }

    /// Until the watcher has ended, with the reason; `None` if it does not in time.
    fn until_watcher_ends(&mut self) -> Option<Verdict> {
        loop {
            let sources = Sources {
                from_daemon: self.heard.from_watcher.as_ref().map(AsFd::as_fd),
                child: Some(&self.watcher),
                signalfd: self.signalfd.as_ref().map(AsFd::as_fd),
                lifeline: None,
            };
            sources.wait(self.deadline);
            self.pass_signal_on();
            // Its death is checked before what it said, so that nothing is overlooked.
            let end = self.watcher.end().cloned();
            self.heard.listen();
            if end.is_some() || self.deadline.is_some_and(|at| Instant::now() >= at) {
                return end;
            }
        }
    }

    fn pass_signal_on(&mut self) {
        let taken = self.start.signals.take(self.signalfd.as_ref().map(AsFd::as_fd));
        let Some(Ok(signal)) = taken.map(Signal::try_from) else { return };
        self.watcher.signal(signal);
        self.cancelled = Some(signal as libc::c_int);
        let at_latest = Instant::now() + 3 * GRACE;
        self.deadline = Some(self.deadline.map_or(at_latest, |at| at.min(at_latest)));
    }
}

/// The records of the watcher, as far as they have come.
struct Heard {
    /// Until it has closed its end.
    from_watcher: Option<FromDaemon>,
    /// When it gives up.
    deadline: Option<Instant>,
    daemon: Option<Pid>,
    ready: Option<String>,
    failure: Option<Failure>,
}

impl Heard {
    fn nothing(from_watcher: FromDaemon, deadline: Option<Instant>) -> Self {
        let from_watcher = Some(from_watcher);
        Heard { from_watcher, deadline, daemon: None, ready: None, failure: None }
    }

    fn listen(&mut self) {
        while let Some(from_watcher) = &mut self.from_watcher {
            match from_watcher.receive() {
                Received::Record(Record::Daemon(pid)) => self.daemon = Some(pid),
                Received::Record(Record::Status(status)) => {
                    notify::starting(&status, self.time_left());
                }
                Received::Record(Record::Ready(message)) => self.ready = Some(message),
                Received::Record(Record::Failed(failure)) => self.failure = Some(failure),
                Received::Record(Record::Dropped) => {}
                Received::EndOfFile => self.from_watcher = None,
                Received::Nothing => return,
            }
        }
    }

    /// How long the watcher waits for readiness, and then to end the daemon.
    fn time_left(&self) -> Option<Duration> {
        let left = self.deadline?.saturating_duration_since(Instant::now());
        Some(left + 3 * GRACE)
    }
}
