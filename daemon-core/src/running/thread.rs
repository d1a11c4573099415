//! The thread of a program that asks for its signals. It alone wakes others, keeps times, speaks to
//! the supervisor, opens logs anew, and ends a process that does not end by itself.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use nix::poll::PollTimeout;
use nix::unistd::getpid;

use crate::files::notice::say;
use crate::files::pidfile;
use crate::process::own::PROCESS_1;
use crate::process::signals::{GRACE, REPEAT_WINDOW};
use crate::running::journal;
use crate::running::launched::Launched;
use crate::running::reason::Reason;
use crate::running::said;
use crate::running::state::Shared;
use crate::supervisor::notify;
use crate::sys::bell::Bell;
use crate::sys::process::exit_immediately;
use crate::sys::requests::{HANG_UP, INTERRUPT, handled_signals};
use crate::sys::signals::{SignalSet, block, block_only, die_of};
use crate::sys::terminal;
use crate::text::seconds;

/// How long it waits for the bell at most. The counts of the signals are the truth, so nothing is
/// missed where the program has closed a descriptor that is not its own.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long after SIGHUP a terminal that is gone may still be there: the kernel sends the signal first,
/// and takes the terminal from the session afterwards.
const TERMINAL_LEAVES: Duration = Duration::from_millis(100);

/// How often it is looked at meanwhile.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// How much longer a stop may take each time that fewer holds are left.
const MORE_TIME: Duration = Duration::from_secs(30);

/// How often the supervisor is told what a stop waits for.
const STATUS_INTERVAL: Duration = Duration::from_millis(200);

/// The size of its stack, in bytes. It calls little, and the wakers of runtimes.
const STACK: usize = 64 * 1024;

/// The exit status of a stop that took too long: `EX_TEMPFAIL` of sysexits(3).
const TOOK_TOO_LONG: u8 = 75;

struct Thread {
    shared: Arc<Shared>,
    bell: &'static Bell,
    launched: &'static Launched,
    /// The signals that are let through to this thread.
    let_through: SignalSet,
    /// The requests to reload that were looked at.
    hang_ups: u32,
    had_terminal: bool,
    /// When a request came that a terminal may have sent, and that is not decided yet.
    hung_up_since: Option<Instant>,
    /// Whether the last attempt to open the logs anew has failed.
    has_failed_logs: bool,
    interrupts: Interrupts,
    /// Whether it has seen a request to stop.
    knows_of_request: bool,
    told: Option<Told>,
    /// Whether the state file says that the program is to stop.
    has_said_stopping: bool,
}

#[derive(Default)]
struct Interrupts {
    count: u32,
    since: Option<Instant>,
}

/// What the supervisor was told about the stop last.
struct Told {
    at: Instant,
    holds: Vec<String>,
}

/// Starts it.
pub(super) fn begin(
    shared: Arc<Shared>,
    bell: &'static Bell,
    launched: &'static Launched,
    hang_ups: u32,
) -> io::Result<()> {
    // A new thread inherits the mask, and is not to take a signal that it is not for.
    let mask = block(SignalSet::all()).map_err(io::Error::from)?;
    // Here, and not in the thread: the terminal may be gone when that runs.
    let had_terminal = launched.has_terminal();
    let run = move || {
        let thread = Thread {
            shared,
            bell,
            launched,
            let_through: SignalSet::default(),
            hang_ups,
            had_terminal,
            hung_up_since: None,
            has_failed_logs: false,
            interrupts: Interrupts::default(),
            knows_of_request: false,
            told: None,
            has_said_stopping: false,
        };
        thread.run();
    };
    let begun = thread::Builder::new().name("daemon".to_owned()).stack_size(STACK).spawn(run);
    block_only(mask).map_err(io::Error::from)?;
    begun.map(drop)
}

impl Thread {
    fn run(mut self) -> ! {
        loop {
            self.let_signals_through();
            self.look_at_hang_ups();
            self.look_at_interrupts();
            journal::reconnect_if_ended(&self.launched.name);
            self.say_what_holds_it();
            // First it is told, and then the program learns of it, and may end at once.
            let patience = self.see_to_the_stop().unwrap_or(PATIENCE).min(PATIENCE);
            let launched = self.launched;
            self.shared.advance(self.knows_of_request, |reason, since| {
                since.elapsed() >= delay(launched, reason)
            });
            let patience = if self.hung_up_since.is_some() { LOOK_AGAIN } else { patience };
            // Rounded up, so that it does not wake just too early.
            let patience = patience + Duration::from_millis(1);
            self.bell.wait(PollTimeout::try_from(patience).unwrap_or(PollTimeout::MAX));
        }
    }

    /// Lets the signals that are handled come to this thread, even if all others block them.
    fn let_signals_through(&mut self) {
        let handled = handled_signals();
        if handled != self.let_through && block_only(SignalSet::all().without(handled)).is_ok() {
            self.let_through = handled;
        }
    }

    fn look_at_hang_ups(&mut self) {
        let count = HANG_UP.count();
        if count == self.hang_ups && !self.has_failed_logs {
            return;
        }
        if count != self.hang_ups && self.had_terminal {
            let since = *self.hung_up_since.get_or_insert_with(Instant::now);
            if terminal::is_gone() {
                self.shared.change(|state| {
                    state.request.get_or_insert_with(|| (Reason::TerminalGone, Instant::now()));
                });
            } else if since.elapsed() < TERMINAL_LEAVES {
                return;
            }
            self.hung_up_since = None;
        }
        let reopened = self.launched.logs.reopen();
        if let (Err(error), false) = (&reopened, self.has_failed_logs) {
            say(&self.launched.name, &format!("{error}; going on with the old log"));
        }
        self.has_failed_logs = reopened.is_err();
        if count != self.hang_ups {
            self.hang_ups = count;
            let outcome = reopened.map_err(|error| error.to_string());
            self.shared.change(|state| state.events.reopened(count, outcome));
            self.shared.answer_for_nobody();
        }
    }

    /// A user who presses Ctrl-C again, and not by accident, does not want to wait.
    fn look_at_interrupts(&mut self) {
        let count = INTERRUPT.count();
        if count == self.interrupts.count {
            return;
        }
        self.interrupts.count = count;
        match self.interrupts.since {
            None => self.interrupts.since = Some(Instant::now()),
            Some(since) if since.elapsed() < REPEAT_WINDOW => {}
            Some(_) => self.die_of(libc::SIGINT),
        }
    }

    /// Says in the state file that the program is to stop, and what is left to do: at once while it
    /// stops, and in between as often as this thread looks around, since a server may have a hold
    /// for each of its requests.
    fn say_what_holds_it(&mut self) {
        if !said::names_holds() {
            return;
        }
        let state = self.shared.lock();
        let reason = state.request.as_ref().map(|(reason, _)| reason.clone());
        let names: Vec<_> = state.holds.values().take(COUNTED).cloned().collect();
        let count = state.holds.len();
        drop(state);
        if let (Some(reason), false) = (reason, self.has_said_stopping) {
            self.has_said_stopping = true;
            said::stopping(&status(&reason, &[]));
        }
        said::holds(count, &names);
    }

    /// Tells of a stop, and ends the program if that takes too long. Returns how soon there is
    /// something to do.
    fn see_to_the_stop(&mut self) -> Option<Duration> {
        let (reason, since, is_delay_over, holds) = {
            let state = self.shared.lock();
            let (reason, since) = state.request.clone()?;
            (reason, since, state.is_delay_over, state.holds.values().cloned().collect::<Vec<_>>())
        };
        self.knows_of_request = true;
        let elapsed = since.elapsed();
        let mut deadlines = Vec::new();
        if !self.launched.is_ready() {
            if elapsed >= GRACE {
                let signal = match reason {
                    Reason::Signal { signal, .. } => signal,
                    _ => libc::SIGTERM,
                };
                self.end(128 + signal as u8);
            }
            deadlines.push(GRACE - elapsed);
        } else if let Some(limit) = self.launched.stop_timeout {
            if elapsed >= limit {
                let what = if holds.is_empty() {
                    "nothing holds it up, but the program has not ended".to_owned()
                } else {
                    format!("{} left: {}", holds.len(), holds.join(", "))
                };
                let seconds = seconds(limit);
                say(
                    &self.launched.name,
                    &format!("ended, because it did not stop within {seconds} s: {what}"),
                );
                self.end(TOOK_TOO_LONG);
            }
            deadlines.push(limit - elapsed);
        }
        if !is_delay_over {
            deadlines.push(delay(self.launched, &reason).saturating_sub(elapsed));
        }
        deadlines.extend(self.tell(&reason, holds));
        deadlines.into_iter().min()
    }

    /// Tells the supervisor what the stop waits for. Returns how soon to do it again, if it was told
    /// something else just now.
    fn tell(&mut self, reason: &Reason, holds: Vec<String>) -> Option<Duration> {
        if !self.launched.tells_supervisor() {
            // Perhaps it is just being told that the program is ready, which has to come first.
            return self.launched.will_tell_supervisor().then_some(STATUS_INTERVAL);
        }
        let Some(told) = &self.told else {
            if !notify::stopping(&status(reason, &holds)) {
                // It is too busy to take it now.
                return Some(STATUS_INTERVAL);
            }
            self.told = Some(Told { at: Instant::now(), holds });
            return None;
        };
        if told.holds == holds {
            return None;
        }
        if told.at.elapsed() < STATUS_INTERVAL {
            return Some(STATUS_INTERVAL - told.at.elapsed());
        }
        let status = status(reason, &holds);
        // A stop that gets on is given time, and one that hangs is not.
        if holds.len() < told.holds.len() {
            notify::extend(&status, MORE_TIME);
        } else {
            notify::status(&status);
        }
        self.told = Some(Told { at: Instant::now(), holds });
        None
    }

    fn die_of(&self, signal: libc::c_int) -> ! {
        pidfile::remove_own();
        // There the signal has no default action; see pid_namespaces(7).
        if getpid() != PROCESS_1 {
            let _ = die_of(signal);
        }
        exit_immediately(128 + signal as u8)
    }

    /// Without exit(3), whose handlers may wait for what hangs.
    fn end(&self, status: u8) -> ! {
        pidfile::remove_own();
        exit_immediately(status)
    }
}

/// How long the program still accepts work after this request.
fn delay(launched: &Launched, reason: &Reason) -> Duration {
    match reason {
        // Whoever is at the terminal must not wait.
        Reason::Signal { signal: libc::SIGINT, .. } | Reason::TerminalGone => Duration::ZERO,
        _ if INTERRUPT.count() > 0 || !launched.is_ready() => Duration::ZERO,
        _ => launched.stop_delay,
    }
}

/// At most so many holds are looked at to count those of a name.
const COUNTED: usize = 1000;

/// At most so many holds are named.
const NAMED: usize = 20;

fn status(reason: &Reason, holds: &[String]) -> String {
    if holds.is_empty() {
        return format!("stopping: {reason}");
    }
    let named = holds[..holds.len().min(NAMED)].join(", ");
    let more = if holds.len() > NAMED { ", …" } else { "" };
    format!("stopping: {reason}; {} left: {named}{more}", holds.len())
}
