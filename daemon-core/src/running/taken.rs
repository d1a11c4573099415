//! Which requests have become events.

use std::task::Waker;

use crate::running::verdict::Verdict;
use crate::sys::requests::{USER_1, USER_2};

/// What has become an event, or can.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found {
    Reload,
    User1,
    User2,
}

/// Which requests have become events.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) are_taken: bool,
    /// The requests to reload that have begun, and those for which the logs are reopened.
    hang_ups: u32,
    reopened: u32,
    /// Whether they could be, the last time; if not, why.
    outcome: Result<(), String>,
    user_1: u32,
    user_2: u32,
    /// Whether a reload is not answered yet.
    pub(super) is_reloading: bool,
    pub(super) last_verdict: Option<Verdict>,
    /// The task that waits for an event.
    pub(super) waker: Option<Waker>,
}

impl Default for Taken {
    fn default() -> Self {
        Taken {
            are_taken: false,
            hang_ups: 0,
            reopened: 0,
            outcome: Ok(()),
            user_1: 0,
            user_2: 0,
            is_reloading: false,
            last_verdict: None,
            waker: None,
        }
    }
}

impl Taken {
    /// Requests to reload count from this one on.
    pub(super) fn begin_at(&mut self, hang_ups: u32) {
        (self.hang_ups, self.reopened) = (hang_ups, hang_ups);
    }

    /// Notes that the logs are reopened for so many requests, or why they could not be.
    pub(super) fn reopened(&mut self, hang_ups: u32, outcome: Result<(), String>) {
        (self.reopened, self.outcome) = (hang_ups, outcome);
    }

    /// The answer to requests to reload that nobody will take: whether it is done, and in which
    /// words. They are done with then.
    pub(super) fn answer_for_nobody(&mut self) -> Option<(bool, String)> {
        if self.are_taken || !self.is_reload_due() {
            return None;
        }
        self.hang_ups = self.reopened;
        let what = self.outcome.as_ref().map_or_else(String::as_str, |()| "logs reopened");
        Some((self.outcome.is_ok(), format!("{what}; the program takes no reload")))
    }

    /// Whether there is a request to reload, and none before it is unanswered.
    fn is_reload_due(&self) -> bool {
        self.hang_ups != self.reopened && !self.is_reloading
    }

    fn is_due(&self) -> bool {
        self.is_reload_due() || self.user_1 != USER_1.count() || self.user_2 != USER_2.count()
    }

    /// The task to wake, if there is something for it.
    pub(super) fn take_waker(&mut self, is_stopping: bool) -> Option<Waker> {
        if is_stopping || self.is_due() { self.waker.take() } else { None }
    }

    /// Takes the next event, if there is one.
    pub(super) fn take(&mut self) -> Option<Found> {
        if self.is_reload_due() {
            self.hang_ups = self.reopened;
            self.is_reloading = true;
            return Some(Found::Reload);
        }
        for (taken, request, found) in
            [(&mut self.user_1, &USER_1, Found::User1), (&mut self.user_2, &USER_2, Found::User2)]
        {
            let count = request.count();
            if std::mem::replace(taken, count) != count {
                return Some(found);
            }
        }
        None
    }
}
