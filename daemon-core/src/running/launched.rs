//! The facts of the launch that matter later.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::error::Error;
use crate::files::notice;
use crate::process::own::OwnProcess;
use crate::running::logs::Logs;
use crate::running::said;
use crate::supervisor::decision::Decided;
use crate::supervisor::notify;
use crate::sys::requests::{HANG_UP, handle_requests};
use crate::sys::signals::SignalSet;

/// Facts of the launch of this process, or of the one that forked it.
#[derive(Debug)]
pub(crate) struct Launched {
    pub(crate) name: String,
    pub(crate) process: OwnProcess,
    /// `None` where the program is no daemon.
    pub(crate) mode: Option<Decided>,
    pub(crate) stop_timeout: Option<Duration>,
    pub(crate) stop_delay: Duration,
    /// The signals that stay ignored, because whoever started the program in the foreground wants
    /// that.
    pub(crate) ignored: SignalSet,
    pub(crate) logs: Logs,
}

static LAUNCHED: OnceLock<Launched> = OnceLock::new();

/// Whether the daemon is ready.
static IS_READY: AtomicBool = AtomicBool::new(false);

/// Whether the supervisor, if there is one, was told that it is. Whatever else it is told comes
/// afterwards: READY=1 after STOPPING=1 or RELOADING=1 would mean something else.
static IS_SUPERVISOR_TOLD: AtomicBool = AtomicBool::new(false);

/// Notes it, at the end of the launch: from now on the program can ask for its signals.
///
/// Until it does, SIGHUP reopens the logs where no terminal could have sent it, so that logrotate(8)
/// works without a line of code.
pub(crate) fn note(launched: Launched) -> Result<(), Error> {
    let is_wanted = !launched.ignored.contains(HANG_UP.signal());
    if is_wanted && launched.logs.can_be_reopened_by_signal() && !launched.has_terminal() {
        handle_requests(&[&HANG_UP], launched.process.pid())
            .map_err(|errno| Error::cannot("handle SIGHUP", errno))?;
    }
    // A second launch in the foreground leaves everything as it is.
    let _ = LAUNCHED.set(launched);
    Ok(())
}

/// Notes that the daemon is ready, and what it says to that.
pub(crate) fn note_ready(message: &str) {
    IS_READY.store(true, Ordering::Release);
    said::ready(message);
    if let Some(launched) = get().filter(|launched| launched.logs.are_out_of_reach()) {
        let why =
            "the log is outside the root directory, so SIGHUP cannot reopen it: let logrotate";
        notice::say(&launched.name, &format!("{why} copy and truncate it (`copytruncate`)"));
    }
}

/// Notes that the supervisor was told that the daemon is ready.
pub(crate) fn note_supervisor_told() {
    IS_SUPERVISOR_TOLD.store(true, Ordering::Release);
}

pub(super) fn get() -> Option<&'static Launched> {
    LAUNCHED.get()
}

impl Launched {
    /// Whether the start is over. In a forked child it does not matter.
    pub(super) fn is_ready(&self) -> bool {
        IS_READY.load(Ordering::Acquire) || self.mode.is_none() || !self.process.is_this()
    }

    /// Whether the supervisor is to be told by this process: by no forked child, and not before the
    /// start is over.
    pub(super) fn tells_supervisor(&self) -> bool {
        self.will_tell_supervisor() && IS_SUPERVISOR_TOLD.load(Ordering::Acquire)
    }

    /// The same, once it was told of the end of the start.
    pub(super) fn will_tell_supervisor(&self) -> bool {
        notify::is_connected() && self.is_ready() && self.process.is_this()
    }

    /// Whether there is a terminal to lose.
    pub(super) fn has_terminal(&self) -> bool {
        self.mode != Some(Decided::Background) && crate::sys::terminal::is_there()
    }
}
