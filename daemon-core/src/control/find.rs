//! The search for the daemon in all places where its pidfile may be.

use std::path::PathBuf;

use crate::config::Config;
use crate::control::holder::{Behind, Holder, behind, not_proved};
use crate::control::places;
use crate::error::{Error, ErrorKind};
use crate::files::pidfile::{self, Opened};

/// The result of the search.
#[derive(Debug)]
pub(crate) enum Daemon {
    Running(Holder),
    /// With the files that daemons have left behind.
    NotRunning {
        places: Vec<PathBuf>,
        left: Vec<Opened>,
    },
}

/// Looks in every place.
///
/// # Errors
///
/// The holder of a pidfile is not proved, or several daemons run.
pub(crate) fn find(config: &mut Config) -> Result<Daemon, Error> {
    if pidfile::is_held_by_this_process() {
        // A process that closes its own pidfile loses its lock of fcntl(2).
        let what = "the daemon cannot look at itself from outside";
        return Err(Error::new(ErrorKind::Software, what).advise("run another process for that"));
    }
    let places = places::of(config)?;
    let (mut running, mut left, mut unproven) = (Vec::new(), Vec::new(), Vec::new());
    for place in &places {
        match behind(place) {
            Behind::Daemon(holder) => running.push(holder),
            Behind::Nobody(Some(file)) => left.push(file),
            Behind::Nobody(None) => {}
            Behind::Unproven(why) => unproven.push((place, why)),
        }
    }
    running.dedup_by_key(|holder| holder.pid);
    match running.len() {
        1 => Ok(Daemon::Running(running.remove(0))),
        0 => match unproven.first() {
            Some((place, why)) => Err(not_proved(place, why)),
            None => Ok(Daemon::NotRunning { places, left }),
        },
        _ => {
            let all: Vec<_> = running
                .iter()
                .map(|holder| format!("pid {} with {}", holder.pid, holder.path().display()))
                .collect();
            let what = format!("several daemons run: {}", all.join(", "));
            Err(Error::new(ErrorKind::Supervised, what)
                .advise("say which one is meant: --pidfile PATH"))
        }
    }
}

/// The places, for a message.
pub(crate) fn listed(places: &[PathBuf]) -> String {
    let places: Vec<_> = places.iter().map(|place| place.display().to_string()).collect();
    places.join(", ")
}
