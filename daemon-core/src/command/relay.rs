//! The command while the intermediate process watches in its place: it passes on the signals that
//! cancel the start, tells the supervisor what it hears, and exits as the intermediate process
//! does.

use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::command::pipe::{FromDaemon, Received, Record};
use crate::command::start::{Start, exit};
use crate::command::verdict::{Exit, Verdict};
use crate::command::wait::{Child, Sources};
use crate::command::watch::GRACE;
use crate::error::Failure;
use crate::supervisor::notify;
use crate::sys;
use crate::sys::process::End;

/// Waits for the intermediate process, which watches the daemon.
pub(crate) fn wait_for_watcher(
    start: &Start,
    timeout: Option<Duration>,
    from_watcher: FromDaemon,
    watcher: Pid,
) -> ! {
    let mut watcher = Child::new(watcher);
    let mut heard =
        Heard::nothing(from_watcher, timeout.and_then(|it| start.since.checked_add(it)));
    let signalfd = sys::open_signalfd(start.signals.signals());
    loop {
        let mut sources = Sources { daemon: Some(&watcher), ..Sources::default() };
        sources.from_daemon = heard.from_watcher.as_ref().map(AsFd::as_fd);
        sources.signalfd = signalfd.as_ref().map(AsFd::as_fd);
        sources.wait(None);
        while let Some(signal) =
            start.signals.take().and_then(|signal| Signal::try_from(signal).ok())
        {
            let _ = kill(watcher.pid, signal);
        }
        // Its death is checked before its messages are, so that nothing is overlooked.
        watcher.poll();
        heard.listen();
        let how = match watcher.end {
            Some(Verdict::Ended(End::Exited(0))) => Exit::Status(0),
            Some(Verdict::Ended(End::Killed { signal, .. })) => Exit::Signal(signal),
            Some(ref end) => end.exit(),
            None => continue,
        };
        heard.tell_supervisor();
        exit(how)
    }
}

/// The messages of the watcher.
struct Heard {
    /// `None` once the watcher has closed its end.
    from_watcher: Option<FromDaemon>,
    /// When the watcher gives up.
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

    /// How long the watcher may still take: to wait for readiness, and then to end the daemon.
    fn time_left(&self) -> Option<Duration> {
        let left = self.deadline?.saturating_duration_since(Instant::now());
        Some(left + 3 * GRACE)
    }

    /// The watcher is gone, so the supervisor is the daemon's parent by now: systemd ends a main
    /// process that is not its child without giving it time.
    fn tell_supervisor(&self) {
        match (self.daemon, &self.ready, &self.failure) {
            (Some(daemon), Some(message), _) => notify::daemon_ready(daemon, message),
            (_, _, Some(failure)) => notify::failed(failure),
            _ => {}
        }
    }
}
