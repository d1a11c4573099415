//! What the daemon says of itself at first, for its own commands to show.

use std::time::{SystemTime, UNIX_EPOCH};

use nix::unistd::Pid;

use crate::config::Mode;
use crate::files::state::{Contents, Phase};
use crate::files::stdio::{Stdio, Stream};
use crate::supervisor::decision::Decision;
use crate::sys;

/// The first state of this daemon.
pub(super) fn first(
    name: &str,
    version: Option<&str>,
    pid: Pid,
    decision: &Decision,
    stdio: &Stdio,
) -> Contents {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    let mode = if decision.mode() == Mode::Background { "background" } else { "foreground" };
    let is_of_errors = |streams: &[Stream]| streams.contains(&Stream::Error);
    let log = stdio.logs().max_by_key(|(_, streams)| is_of_errors(streams));
    Contents {
        pid: u64::try_from(pid.as_raw()).ok(),
        clock: Some(sys::clock::milliseconds_since_boot()),
        since: since.map(|since| since.as_secs()),
        phase: Some(Phase::Starting),
        name: name.to_owned(),
        version: version.unwrap_or_default().to_owned(),
        library: env!("CARGO_PKG_VERSION").to_owned(),
        mode: mode.to_owned(),
        supervisor: decision.supervisor().word().to_owned(),
        why: decision.why().to_owned(),
        log: log.map(|(log, _)| log.path().to_owned()),
        ..Contents::default()
    }
}
