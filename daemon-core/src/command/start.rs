//! A start that is under way, as the process that watches it knows it, and how that process exits.

use std::time::{Duration, Instant};

use crate::command::cancel::{CancelSignals, Lifeline};
use crate::command::pipe::FromDaemon;
use crate::command::verdict::Exit;
use crate::files::Locked;
use crate::files::pidfile::LeftBehind;
use crate::files::startup_output::Captured;
use crate::plan::Plan;
use crate::supervisor::s6::NotificationDescriptor;
use crate::sys;

/// A start that is under way, from just before the first fork.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) since: Instant,
    pub(crate) signals: CancelSignals,
    pub(crate) from_daemon: FromDaemon,
    pub(crate) lifeline: Lifeline,
}

/// Everything that the process that watches a daemon has to know of it.
#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) name: String,
    pub(crate) timeout: Option<Duration>,
    pub(crate) notification: Option<NotificationDescriptor>,
    pub(crate) left_behind: Option<LeftBehind>,
    pub(crate) captured: Captured,
}

impl Watched {
    /// The rest of the plan is dropped in the process that watches: above all the descriptor that
    /// writes the number, which must live and die with the daemon.
    pub(crate) fn of(plan: Plan) -> Self {
        Watched {
            name: plan.name,
            timeout: plan.start_timeout,
            notification: plan.notification,
            left_behind: plan.files.locked.map(Locked::into_left_behind),
            captured: plan.files.stdio.into_captured(),
        }
    }
}

/// Exits without running atexit(3) handlers, which belong to the daemon.
pub(crate) fn exit(how: Exit) -> ! {
    if let Exit::Signal(signal) = how {
        // Its default action ends us here.
        let _ = sys::signals::die_of(signal);
    }
    sys::process::exit_immediately(how.status())
}
