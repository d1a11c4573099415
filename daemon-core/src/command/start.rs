//! A start that is under way, as the process that watches it knows it, and how that process exits.

use std::time::{Duration, Instant};

use crate::command::cancel::{CancelSignals, Lifeline};
use crate::command::pipe::FromDaemon;
use crate::command::verdict::Exit;
use crate::files::Files;
use crate::files::startup_output::Captured;
use crate::plan::Plan;
use crate::supervisor::s6::NotificationDescriptor;
use crate::sys;

/// A start that is under way, from just before the first fork.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) signals: CancelSignals,
    pub(crate) from_daemon: FromDaemon,
    pub(crate) lifeline: Lifeline,
}

/// Everything that the process that watches a daemon has to know of it.
#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) name: &'static str,
    /// Since when it is watched. Not from before the fork: nothing else in the launch needs the
    /// clock, whose page of memory would have to be mapped first.
    pub(crate) since: Instant,
    pub(crate) timeout: Option<Duration>,
    pub(crate) notification: Option<NotificationDescriptor>,
    /// As they were opened before the first fork, for a start that fails.
    files: &'static mut Files,
}

impl Watched {
    /// The plan is never freed: this process exits soon, and would only copy the pages of memory that
    /// it shares with its child.
    pub(crate) fn of(plan: Box<Plan>) -> Self {
        let Plan { name, start_timeout, notification, files, .. } = Box::leak(plan);
        let (since, timeout) = (Instant::now(), *start_timeout);
        Watched { name, since, timeout, notification: notification.take(), files }
    }

    /// What the daemon wrote during its start.
    pub(crate) fn take_captured(&mut self) -> Captured {
        std::mem::take(&mut self.files.stdio).into_captured()
    }

    /// Removes the pidfile and the logs that a start which has failed leaves behind. Returns what the
    /// daemon wrote.
    pub(crate) fn clean_up(&mut self) -> Captured {
        if let Some(locked) = self.files.locked.take() {
            locked.into_left_behind().remove();
        }
        let captured = self.take_captured();
        captured.remove_empty_logs();
        captured
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
