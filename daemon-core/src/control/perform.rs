//! The verbs one after another: what each does, what it says, and with which status the command
//! ends.

use std::time::{Duration, Instant};

use nix::unistd::Pid;

use crate::command::cancel::CancelSignals;
use crate::command::terminal::Terminal;
use crate::config::Config;
use crate::config::verb::{Control, Next, Stop, Verb};
use crate::control::entry::refused;
use crate::control::find::{Daemon, find};
use crate::control::output::{print, say};
use crate::control::stop::{self, Ended};
use crate::control::unit::unit;
use crate::control::{check, reload, start, status};
use crate::error::{Error, ErrorKind};
use crate::files::state;
use crate::launch::refusal;
use crate::process::signals;
use crate::sys;
use crate::sys::signals::SignalSet;

/// Carries out the verb, unless it is a start.
pub(crate) fn carry_out(config: &mut Config) -> Next {
    if config.asked.verb.is_none() && config.control == Control::Off {
        return Next::Launch;
    }
    state::provide();
    let verb = config.asked.verb.clone().unwrap_or(Verb::Start);
    if let Err(error) = become_whoever_calls(&verb) {
        return Next::Exit(failed(config, &error));
    }
    let done = match &verb {
        Verb::Start => return start(config),
        Verb::Restart(how) => return restart(config, how),
        Verb::Check { json } => return Next::Exit(check::perform(config, *json)),
        Verb::Stop(how) => stop(config, how),
        Verb::Reload { timeout } => reload::perform(config, *timeout),
        Verb::Status { json, ready } => status::perform(config, *json, *ready),
        Verb::Unit { target } => unit(config, *target).map(|text| print(config, &text)),
    };
    Next::Exit(done.unwrap_or_else(|error| failed(config, &error)))
}

/// A program that gained privileges by being executed is given them for its daemon: a verb is done with
/// the rights of whoever calls it.
pub(super) fn become_whoever_calls(verb: &Verb) -> Result<(), Error> {
    if *verb == Verb::Start {
        return Ok(());
    }
    sys::secure::become_real_user()
        .map_err(|errno| Error::cannot("give up what the program gained by being executed", errno))
}

/// The launch, unless the daemon runs with its pidfile elsewhere.
fn start(config: &mut Config) -> Next {
    match start::refuse_elsewhere(config) {
        Ok(()) => Next::Launch,
        Err(error) => Next::Exit(refused(config, &error)),
    }
}

fn failed(config: &Config, error: &Error) -> u8 {
    refusal::say(&config.name, error);
    error.exit_code()
}

/// The exit status if it is a success that the daemon runs already.
pub(crate) fn is_success(config: &mut Config, error: &Error) -> Option<u8> {
    let is_start = config.asked.verb == Some(Verb::Start);
    if is_start && error.kind() == ErrorKind::AlreadyRunning {
        return start::runs_already(config);
    }
    None
}

fn stop(config: &mut Config, how: &Stop) -> Result<u8, Error> {
    let found = find(config)?;
    let ended = end(config, found, "stop", how)?;
    Ok(match ended {
        Ended::Gone(pid) => print(config, &format!("{}: stopped (pid {pid})\n", config.name)),
        Ended::NotRunning(what) => print(config, &format!("{}: {what}\n", config.name)),
        Ended::StillThere(why) => {
            say(config, &why);
            1
        }
        Ended::Interrupted(signal, pid) => interrupted(config, signal, pid, ""),
    })
}

/// Ends the daemon, and shows what is waited for, if that takes a while.
fn end(config: &Config, found: Daemon, verb: &str, how: &Stop) -> Result<Ended, Error> {
    /// Most stops are faster.
    const A_WHILE: Duration = Duration::from_millis(300);
    let since = Instant::now();
    let mut terminal = Terminal::new(&config.name);
    let mut last = String::new();
    // A signal to the command ends the wait, and not the daemon.
    let signals = CancelSignals::hold_back(SignalSet::default())
        .map_err(|errno| Error::cannot("hold signals back", errno))?;
    let ended = stop::end(found, verb, how, &mut |holder| {
        if let Some(signal) = signals.take(None) {
            return Some(signal);
        }
        if since.elapsed() < A_WHILE {
            return None;
        }
        let mut now = format!("waiting for pid {} to end", holder.pid);
        if let Some(doing) = status::doing(holder) {
            now.push_str(": ");
            now.push_str(&doing);
        }
        if now != last {
            terminal.status(&now);
            last = now;
        }
        None
    });
    signals.let_through();
    terminal.finish("");
    ended
}

/// Says that the wait is over, and ends as the signal would have ended this process.
fn interrupted(config: &Config, signal: libc::c_int, pid: Pid, more: &str) -> u8 {
    let by = signals::name(signal);
    say(config, &format!("interrupted by {by}: pid {pid} goes on ending{more}"));
    let _ = sys::signals::die_of(signal);
    u8::try_from(128 + signal).unwrap_or(1)
}

/// First the check: if a new daemon could not start, the old one runs on.
fn restart(config: &mut Config, how: &Stop) -> Next {
    if let Err(error) = check::could_start(config) {
        say(config, "nothing was stopped, because a new daemon could not start");
        return Next::Exit(failed(config, &error));
    }
    let ended = find(config).and_then(|found| {
        if let Daemon::Running(holder) = &found {
            start::name_missing_arguments(config, holder);
        }
        end(config, found, "restart", how)
    });
    match ended {
        Ok(Ended::Gone(_)) => Next::Launch,
        Ok(Ended::NotRunning(what)) => {
            say(config, &what);
            Next::Launch
        }
        Ok(Ended::StillThere(why)) => {
            say(config, &format!("nothing was started: {why}"));
            Next::Exit(1)
        }
        Ok(Ended::Interrupted(signal, pid)) => {
            Next::Exit(interrupted(config, signal, pid, ", nothing was started"))
        }
        Err(error) => Next::Exit(failed(config, &error)),
    }
}
