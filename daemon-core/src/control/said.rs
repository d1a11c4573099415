//! What the daemon says of itself: its state file, read and believed only if it speaks of this
//! process.

use std::path::Path;

use crate::control::holder::Holder;
use crate::error::words_of;
use crate::files::state::{self, Contents, Unreadable};
use crate::sys;

/// What the running daemon says of itself. `Err` says why that is not known.
pub(super) fn by(holder: &Holder) -> Result<Contents, String> {
    let contents = read(holder.path())?;
    let number = holder.status().map_or(holder.pid, |status| status.own_number);
    let is_its_number = contents.pid == u64::try_from(number.as_raw()).ok();
    // A process of this number that is older than its word wrote it: there was no other one then.
    let is_older = match (sys::proc::start_time(holder.pid), contents.clock) {
        (Some(start), Some(clock)) => start <= clock,
        _ => true,
    };
    if is_its_number && is_older {
        return Ok(contents);
    }
    Err("what is written there is another daemon's".to_owned())
}

/// What a daemon with this pidfile has written last. `Err` says why that is not known.
pub(super) fn read(pidfile: &Path) -> Result<Contents, String> {
    let path = state::beside(pidfile);
    state::read(&path).map_err(|why| match why {
        Unreadable::Missing => format!("there is no {}", path.display()),
        Unreadable::Refused(errno) => {
            format!("cannot read {}: {}", path.display(), words_of(errno))
        }
        Unreadable::Foreign(what) => format!("{} is {what}", path.display()),
        Unreadable::AnotherVersion => {
            format!("{} is of another version of this library", path.display())
        }
    })
}
