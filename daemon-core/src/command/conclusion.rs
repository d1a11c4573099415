//! The end of the wait: what is left of a failed start is ended, and the verdict is said.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use nix::unistd::Pid;

use crate::command::pipe::ToCommand;
use crate::command::start::{Start, Watched, exit};
use crate::command::terminal::Terminal;
use crate::command::verdict::Verdict;
use crate::command::wait::{Child, Sources};
use crate::command::watch::{A_MOMENT, Watch};
use crate::error::{Error, ErrorKind};
use crate::files::startup_output::Captured;
use crate::process::signals::{GRACE, REPEAT_WINDOW};
use crate::supervisor::notify;
use crate::sys;

/// How often we look whether processes are gone that are not children of ours.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// In the command, the sub-reaper that becomes the daemon's parent: waits for the verdict, and
/// exits with it.
pub(super) fn watch_as_subreaper(
    start: Start,
    to_command: ToCommand,
    watched: Watched,
    intermediate: Pid,
) -> ! {
    let mut watch = Watch::as_subreaper(start, to_command, &watched, intermediate);
    let verdict = watch.until_verdict();
    let was_killed = watch.finish(&watched, &verdict);
    conclude(watched, watch.terminal, verdict, was_killed)
}

/// In the intermediate process, the daemon's parent: waits for the verdict, passes it on to the
/// command, and exits with it.
pub(super) fn watch_as_parent(start: Start, watched: Watched, daemon: Pid, relay: ToCommand) -> ! {
    // The processes that a dead daemon leaves behind become our children, so that we can end them.
    // Where that is refused, the command ends them after us.
    let _ = sys::become_subreaper();
    let mut watch = Watch::as_parent(start, &watched, daemon, relay);
    let verdict = watch.until_verdict();
    let was_killed = watch.finish(&watched, &verdict);
    if let Some(relay) = &watch.relay {
        tell(relay, Some(daemon), &verdict);
    }
    conclude(watched, watch.terminal, verdict, was_killed)
}

/// In the command, when the intermediate process, which watched, is dead without a verdict: hears
/// the daemon itself, and tells the supervisor.
pub(super) fn watch_in_place_of(intermediate: Child, start: Start, watched: Watched) -> ! {
    let mut watch = Watch::in_place_of(intermediate, start, &watched);
    let mut verdict = watch.until_verdict();
    if let Verdict::Ready(message) = &verdict {
        let daemon = watch.start.lifeline.daemon();
        if let Err(error) = tell_supervisor(watched.name, daemon, message) {
            verdict = Verdict::failed(&error);
        }
    }
    finish_in_place_of(watch, watched, verdict)
}

/// In the command, when the intermediate process, which watched, is dead: ends a daemon that was
/// ready, because something else has failed.
pub(super) fn end_in_place_of(
    intermediate: Child,
    start: Start,
    watched: Watched,
    verdict: Verdict,
) -> ! {
    let watch = Watch::in_place_of(intermediate, start, &watched);
    finish_in_place_of(watch, watched, verdict)
}

fn finish_in_place_of(mut watch: Watch, watched: Watched, verdict: Verdict) -> ! {
    let was_killed = watch.finish(&watched, &verdict);
    if !matches!(verdict, Verdict::Ready(_)) {
        notify::failed(&verdict.failure());
    }
    conclude(watched, watch.terminal, verdict, was_killed)
}

/// Concludes a start that made no daemon, in the intermediate process that was to watch it.
pub(super) fn without_daemon(watched: Watched, verdict: Verdict, relay: &ToCommand) -> ! {
    tell(relay, None, &verdict);
    let terminal = Terminal::new(watched.name);
    conclude(watched, terminal, verdict, false)
}

/// Tells the supervisor, if there is one, that the daemon is ready. One that is gone does not need to
/// know: the daemon runs on, and that it was not told is said.
///
/// One that was not told which process to watch would watch this one, and end the daemon with it.
pub(super) fn tell_supervisor(name: &str, daemon: Option<Pid>, message: &str) -> Result<(), Error> {
    if !notify::is_connected() {
        return Ok(());
    }
    let Some(daemon) = daemon else {
        let what =
            "cannot tell the supervisor which process the daemon is: the system does not say";
        return Err(Error::new(ErrorKind::System, what));
    };
    match notify::daemon_ready(daemon, message) {
        Err(error) if notify::is_supervisor_gone(&error) => {
            Terminal::new(name).finish(&format!("{name}: {error}\n"));
            Ok(())
        }
        told => told,
    }
}

/// Says the verdict to the command.
fn tell(command: &ToCommand, daemon: Option<Pid>, verdict: &Verdict) {
    // The command may be gone.
    let _ = match (daemon, verdict) {
        (Some(daemon), Verdict::Ready(message)) => {
            command.daemon(daemon).and_then(|()| command.ready(message))
        }
        _ => command.failed(&verdict.failure()),
    };
}

/// Puts the file system in order, prints the verdict, and exits with it.
pub(super) fn conclude(
    mut watched: Watched,
    terminal: Terminal<'_>,
    verdict: Verdict,
    was_killed: bool,
) -> ! {
    let captured = match verdict {
        Verdict::Ready(_) => Captured::default(),
        _ => watched.clean_up(),
    };
    terminal.finish(&verdict.words(watched.name, &captured, was_killed));
    exit(verdict.exit())
}

impl Watch {
    /// After the verdict: leaves the daemon to its work, or nothing of it. Says whether it had to
    /// be killed.
    fn finish(&mut self, watched: &Watched, verdict: &Verdict) -> bool {
        if !matches!(verdict, Verdict::Ready(_)) {
            let was_killed = self.end_everything(verdict);
            // At the limit of descriptors, this makes room for a log that is to be read.
            self.stop_listening_for_signals();
            // Only now: until here, their numbers had to stay theirs.
            for child in [self.intermediate.take(), self.daemon.take()].into_iter().flatten() {
                child.reap();
            }
            return was_killed;
        }
        if let Some(notification) = &watched.notification {
            notification.ready();
        }
        self.end_intermediate();
        false
    }

    /// By the time the command returns, the daemon has another parent than the intermediate
    /// process.
    fn end_intermediate(&self) {
        let Some(intermediate) = &self.intermediate else { return };
        let deadline = Instant::now() + GRACE;
        while !intermediate.reap() {
            if Instant::now() >= deadline {
                return intermediate.signal(Signal::SIGKILL);
            }
            Sources { child: Some(intermediate), ..Sources::default() }.wait(Some(deadline));
        }
    }

    /// Ends the daemon of a failed start and what it has started, and waits until all of that is
    /// gone, so that nothing is left when the command returns.
    fn end_everything(&mut self, verdict: &Verdict) -> bool {
        if matches!(verdict, Verdict::Failed(_)) {
            self.is_so_within(A_MOMENT, Watch::has_ended);
        }
        if self.is_over() {
            return false;
        }
        self.signal(Signal::SIGTERM);
        // A stopped process does not see SIGTERM until it continues.
        self.signal(Signal::SIGCONT);
        if self.is_so_within(GRACE, Watch::is_over) {
            return false;
        }
        let was_alive = !self.has_ended();
        self.signal(Signal::SIGKILL);
        self.is_so_within(GRACE, Watch::is_over);
        was_alive
    }

    fn signal(&mut self, signal: Signal) {
        self.group.signal(signal);
        if signal == Signal::SIGTERM && self.group.is_led_by_us() {
            // Ours is not to end this process later, when it lets signals through.
            self.take_signal();
        }
        if let Some(daemon) = &self.daemon {
            // A program may have left the group; and the leader cannot kill its own.
            if signal == Signal::SIGKILL || !self.group.contains(daemon.pid) {
                daemon.signal(signal);
            }
        }
        if let Some(intermediate) = self.intermediate.as_ref().filter(|it| !it.has_ended()) {
            // It hangs before it leads the group, in a handler of pthread_atfork(3) for example,
            // and has nothing to end in good order.
            intermediate.signal(Signal::SIGKILL);
        }
    }

    /// Waits until this is so, but no longer than `limit`, and only until another cancelling
    /// signal, a second or more later, tells us to hurry.
    fn is_so_within(&mut self, limit: Duration, is_so: fn(&mut Watch) -> bool) -> bool {
        let since = Instant::now();
        let deadline = since + limit;
        loop {
            // Only the end matters of what the daemon says now.
            while self.listen().is_some() {}
            if is_so(self) {
                return true;
            }
            let told_to_hurry = self.take_signal().is_some() && since.elapsed() >= REPEAT_WINDOW;
            if told_to_hurry || Instant::now() >= deadline {
                return false;
            }
            let child = self.awaited_child();
            let next_look = Instant::now() + if child.is_some() { limit } else { LOOK_AGAIN };
            Sources { child, from_daemon: None, lifeline: None, ..self.sources() }
                .wait(Some(next_look.min(deadline)));
        }
    }
}
