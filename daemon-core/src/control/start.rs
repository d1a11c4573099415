//! The verb `start` where the daemon runs already, and what `restart` has to say of the old one.

use std::ffi::OsString;
use std::thread;
use std::time::{Duration, Instant};

use nix::unistd::getpid;

use crate::config::{Config, Pidfile};
use crate::control::arguments::args_os;
use crate::control::find::{Daemon, find};
use crate::control::holder::Holder;
use crate::control::output::{print, say};
use crate::control::{holder, places, status, whose};
use crate::error::{Error, ErrorKind};
use crate::files::pidfile::already_running;
use crate::launch::refusal;
use crate::supervisor::environment::Environment;
use crate::supervisor::mode;
use crate::sys;

/// For how long a daemon says nothing of itself that never does: one that begins or ends is about to.
const SILENCE: Duration = Duration::from_millis(100);

/// How often to look whether it is ready by now.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The exit status of a start that finds the daemon running: 0 once that is ready. `None` if it is a
/// failure all the same: whoever supervises this process would take it for the daemon's.
pub(super) fn runs_already(config: &mut Config) -> Option<u8> {
    let environment = Environment::of_this_process(getpid());
    let decision = mode::decide(config.mode, environment).ok()?;
    if !decision.is_background() || decision.started_by_systemd() {
        return None;
    }
    let Ok(Daemon::Running(holder)) = find(config) else { return None };
    if let Err(error) = whose::refuse(&holder, "start") {
        refusal::say(&config.name, &error);
        return Some(error.exit_code());
    }
    if !status::is_in_background(&holder) {
        return None;
    }
    let until = config.start_timeout.and_then(|limit| Instant::now().checked_add(limit));
    let mut silent_since = None;
    loop {
        let is_ready = match status::is_ready(&holder) {
            Some(is_ready) => {
                silent_since = None;
                is_ready
            }
            None => silent_since.get_or_insert_with(Instant::now).elapsed() >= SILENCE,
        };
        // Only now: what it has written outlives it.
        if holder.has_ended() {
            say(config, &format!("pid {}, which was running, has ended", holder.pid));
            return Some(1);
        }
        if is_ready {
            break;
        }
        if until.is_some_and(|until| Instant::now() >= until) {
            say(config, &format!("pid {} is running, and not ready", holder.pid));
            return Some(ErrorKind::Timeout.exit_code());
        }
        thread::sleep(LOOK_AGAIN);
    }
    Some(print(config, &format!("{}: already running: pid {}\n", config.name, holder.pid)))
}

/// Refuses a start while the daemon runs with its pidfile in another usual place: one that systemd
/// started and one that a shell started are the same.
///
/// Only what is proved to run counts: in its own place the launch finds out the rest.
pub(super) fn refuse_elsewhere(config: &Config) -> Result<(), Error> {
    let is_off = || mode::off(config.mode, Environment::of_this_process(getpid())).is_some();
    if config.pidfile != Pidfile::Usual || is_off() {
        return Ok(());
    }
    let places = places::of(&mut config.clone())?;
    for place in &places[1..] {
        if let Some(pid) = holder::seen(place) {
            return Err(already_running(place, Some(pid)));
        }
    }
    Ok(())
}

/// Says which arguments of the running daemon the new one would not have.
pub(super) fn name_missing_arguments(config: &Config, holder: &Holder) {
    if holder.status().is_none() {
        return; // it cannot be seen
    }
    let now: Vec<OsString> = args_os().skip(1).collect();
    let before = sys::proc::process_arguments(holder.pid);
    let verb = before.get(1).is_some_and(|word| word == "start" || word == "restart");
    let before = before.into_iter().skip(if verb { 2 } else { 1 });
    let missing: Vec<_> = before
        .filter(|argument| !now.contains(argument))
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    if !missing.is_empty() {
        let missing = missing.join(" ");
        say(config, &format!("the old daemon had arguments that this one lacks: {missing}"));
    }
}
