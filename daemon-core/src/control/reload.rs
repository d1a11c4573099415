//! The verb `reload`: has the daemon read its configuration again, and waits for what it says.

use std::thread;
use std::time::{Duration, Instant};

use crate::config::Config;
use crate::control::find::{Daemon, find, listed};
use crate::control::output::{print, say};
use crate::control::said;
use crate::control::status::{self, Answer};
use crate::error::{Error, ErrorKind};
use crate::files::state::Contents;
use crate::sys;

/// How long to wait for an answer unless something else is said.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often to look for it.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// The result of a request to reload.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reloaded {
    /// The daemon has its new configuration; this is what it said.
    Done(String),
    /// The daemon goes on with its old configuration; this is why.
    Refused(String),
    /// The daemon ended meanwhile.
    Ended,
    /// The daemon has not answered in time.
    NoAnswer,
    /// SIGHUP was sent, at which the daemon opens its logs anew, and it writes to the file at its log's
    /// place. The program gives no other answer: it has asked neither for its events nor for its stop.
    LogsReopened,
    /// SIGHUP was sent, which the program handles without a word to this library.
    Unanswered,
    /// The daemon does not handle SIGHUP, which would end it: nothing was sent.
    NotHandled,
    /// No daemon runs. It was looked for in these places.
    NotRunning(String),
}

/// Has the running daemon read its configuration again, and waits for its answer: 60 seconds, or as
/// long as `timeout` says.
///
/// # Errors
///
/// Which process the daemon is was not proved, or it may not be signalled; several daemons run.
pub fn reload(config: &Config, timeout: Option<Duration>) -> Result<Reloaded, Error> {
    let holder = match find(&mut config.clone())? {
        Daemon::Running(holder) => holder,
        Daemon::NotRunning { places, .. } => return Ok(Reloaded::NotRunning(listed(&places))),
    };
    match holder.status() {
        Some(status) if status.caught.contains(libc::SIGHUP) => {}
        Some(_) => return Ok(Reloaded::NotHandled),
        None if holder.has_ended() => return Ok(Reloaded::Ended),
        None => {
            // It would end the daemon, if it does not.
            let what = format!("whether process {} handles SIGHUP cannot be seen", holder.pid);
            return Err(Error::new(ErrorKind::Unproven, what).advise("ask where /proc is"));
        }
    }
    let until = Instant::now().checked_add(timeout.unwrap_or(PATIENCE));
    let said = said::by(&holder).ok();
    let before = said.as_ref().map_or(0, |said| said.reloads_begun);
    holder.signal(libc::SIGHUP)?;
    let outcome = || match &said {
        // It opens its logs anew in a signal handler, which cannot say that it has. But it shows.
        Some(Contents { answers: false, log: Some(log), .. }) => {
            sys::proc::writes_to(holder.pid, log).then_some(Reloaded::LogsReopened)
        }
        Some(Contents { answers: false, log: None, .. }) => Some(Reloaded::Unanswered),
        _ => status::answer_after(&holder, before).map(|Answer { is_done, text }| {
            if is_done { Reloaded::Done(text) } else { Reloaded::Refused(text) }
        }),
    };
    loop {
        if let Some(reloaded) = outcome() {
            return Ok(reloaded);
        }
        if holder.has_ended() {
            return Ok(Reloaded::Ended);
        }
        if until.is_some_and(|until| Instant::now() >= until) {
            return Ok(Reloaded::NoAnswer);
        }
        thread::sleep(LOOK_AGAIN);
    }
}

/// The verb: what it says, and its exit status.
pub(super) fn perform(config: &mut Config, timeout: Option<Duration>) -> Result<u8, Error> {
    let (status, what) = match reload(config, timeout)? {
        Reloaded::Done(text) => return Ok(print(config, &line(config, "reloaded", &text))),
        Reloaded::Refused(text) => (1, said_of("the reload was refused", &text)),
        Reloaded::Ended => (1, "the daemon ended during the reload".to_owned()),
        Reloaded::LogsReopened => {
            let what = "SIGHUP was sent, and it writes to the file at its log's place; the program \
                        gives no other answer";
            return Ok(print(config, &line(config, what, "")));
        }
        Reloaded::Unanswered => {
            (1, "SIGHUP was sent, and the program gives no answer to it".to_owned())
        }
        Reloaded::NoAnswer => (1, "the daemon has not answered in time".to_owned()),
        Reloaded::NotHandled => {
            let why = "the daemon takes no reload: it does not handle SIGHUP, which would end it";
            (3, why.to_owned())
        }
        Reloaded::NotRunning(places) => (7, format!("not running (looked at {places})")),
    };
    say(config, &what);
    Ok(status)
}

fn line(config: &Config, what: &str, text: &str) -> String {
    format!("{}: {}\n", config.name, crate::text::printable(&said_of(what, text)))
}

fn said_of(what: &str, text: &str) -> String {
    if text.is_empty() { what.to_owned() } else { format!("{what}: {text}") }
}
