//! The verb `status`: whether the daemon runs, and what it says of itself.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::config::Config;
use crate::control::find::{Daemon, find};
use crate::control::holder::Holder;
use crate::control::known::{Found, Known};
use crate::control::output::print;
use crate::control::{places, said, shown};
use crate::error::{Error, ErrorKind};
use crate::files::pidfile;
use crate::files::state::{self, Phase};
use crate::sys;

/// The exit statuses: those of the Linux Standard Base for init scripts, of which 150 and the next
/// ones are for the program.
const DIED: u8 = 1;
const NOT_RUNNING: u8 = 3;
const UNKNOWN: u8 = 4;
const NOT_READY: u8 = 150;

/// Whether the daemon runs, and what it says of itself. In the daemon itself this is answered from
/// memory.
///
/// # Errors
///
/// The configuration does not say where the pidfile is; several daemons run.
pub fn status(config: &Config) -> Result<Found, Error> {
    let mut config = config.clone();
    if pidfile::is_held_by_this_process() {
        return Ok(Found::Running(own(&mut config)));
    }
    match find(&mut config) {
        Ok(Daemon::Running(holder)) => Ok(Found::Running(running(&holder))),
        Ok(Daemon::NotRunning { places, left }) => {
            let has_left_a_pidfile = |place: &PathBuf| left.iter().any(|file| file.path() == place);
            Ok(gone(places, has_left_a_pidfile))
        }
        Err(error) if error.kind() == ErrorKind::Unproven => {
            let said = latest(&places::of(&mut config)?);
            Ok(Found::Unknown { why: error.to_string(), said })
        }
        Err(error) => Err(error),
    }
}

fn own(config: &mut Config) -> Known {
    let places = places::of(config).unwrap_or_default();
    let said = state::own::contents().ok_or_else(|| "it has no state file".to_owned());
    let known = Known::of(places.into_iter().next().unwrap_or_default(), said);
    Known { pid: Some(std::process::id()), ..known }
}

fn running(holder: &Holder) -> Known {
    let said = said::by(holder);
    let known = Known::of(holder.path().to_owned(), said);
    let since = known.since.or_else(|| started(holder));
    // In the numbers of this process namespace, and not of the daemon's.
    let pid = u32::try_from(holder.pid.as_raw()).ok();
    let is_replaced = sys::proc::program_is_replaced(holder.pid);
    let sockets = sys::proc::listening(holder.pid);
    Known { pid, since, is_replaced, sockets, ..known }
}

/// When the process was started, by the kernel's word.
fn started(holder: &Holder) -> Option<SystemTime> {
    let start = sys::proc::start_time(holder.pid)?;
    let age = sys::clock::milliseconds_since_boot().checked_sub(start)?;
    SystemTime::now().checked_sub(Duration::from_millis(age))
}

/// What is left of a daemon.
fn gone(places: Vec<PathBuf>, has_left_a_pidfile: impl Fn(&PathBuf) -> bool) -> Found {
    match latest(&places) {
        Some(known) if known.phase == Some(Phase::Ended) => Found::Ended(known),
        Some(known) => Found::Died(known),
        None => match places.iter().find(|place| has_left_a_pidfile(place)) {
            Some(place) => Found::Died(Known::of(place.clone(), said::read(place))),
            None => Found::NotRunning { places },
        },
    }
}

/// What was written last by a daemon with one of these pidfiles.
fn latest(places: &[PathBuf]) -> Option<Known> {
    let read = places.iter().filter_map(|place| {
        let said = said::read(place).ok()?;
        Some((said.since, Known::of(place.clone(), Ok(said))))
    });
    read.max_by_key(|(since, _)| *since).map(|(_, known)| known)
}

/// The verb: what it says, and its exit status.
pub(super) fn perform(config: &mut Config, json: bool, ready: bool) -> Result<u8, Error> {
    let found = status(config)?;
    let text = match json {
        true => shown::json(&config.name, &found).document(),
        false => shown::text(&config.name, &found),
    };
    let status = match &found {
        Found::Running(known) if ready && !known.is_ready() => NOT_READY,
        Found::Running(_) => 0,
        Found::Died(_) => DIED,
        Found::Ended(_) | Found::NotRunning { .. } => NOT_RUNNING,
        Found::Unknown { .. } => UNKNOWN,
    };
    let printed = print(config, &text);
    Ok(if printed == 0 { status } else { printed })
}

/// What the daemon is doing, in a few words, such as what it holds before its end.
pub(super) fn doing(holder: &Holder) -> Option<String> {
    let known = Known::from(said::by(holder).ok()?);
    if known.holds > 0 { Some(format!("holds: {}", shown::holds(&known))) } else { known.status }
}

/// Whether the daemon is in the background; it is, if it says nothing of itself.
pub(super) fn is_in_background(holder: &Holder) -> bool {
    said::by(holder).map_or(true, |said| said.mode != "foreground")
}

/// Whether the daemon is ready; `None` if it says nothing of itself.
pub(super) fn is_ready(holder: &Holder) -> Option<bool> {
    said::by(holder).ok().map(|said| Known::from(said).is_ready())
}

/// What the daemon answered to a request to reload.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) is_done: bool,
    pub(super) text: String,
}

/// The last answer, if it is to a request after so many: whatever comes now is answered by a later one.
pub(super) fn answer_after(holder: &Holder, before: u64) -> Option<Answer> {
    let said = said::by(holder).ok().filter(|said| said.reloads_done > before)?;
    said.answer.map(|answer| Answer { is_done: answer.is_done, text: answer.text })
}
