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
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) are_taken: bool,
    /// The requests to reload that have begun, and those for which the logs are reopened.
    hang_ups: u32,
    reopened: u32,
    user_1: u32,
    user_2: u32,
    /// Whether a reload is not answered yet.
    pub(super) is_reloading: bool,
    pub(super) last_verdict: Option<Verdict>,
    /// The task that waits for an event.
    pub(super) waker: Option<Waker>,
}

impl Taken {
    /// Requests to reload count from this one on.
    pub(super) fn begin_at(&mut self, hang_ups: u32) {
        (self.hang_ups, self.reopened) = (hang_ups, hang_ups);
    }

    /// Notes that the logs are reopened for so many requests. If nobody takes events, these are done
    /// with; returns whether that is so.
    pub(super) fn reopened(&mut self, hang_ups: u32) -> bool {
        self.reopened = hang_ups;
        if !self.are_taken {
            self.hang_ups = hang_ups;
        }
        !self.are_taken
    }

    fn is_due(&self) -> bool {
        (self.hang_ups != self.reopened && !self.is_reloading)
            || self.user_1 != USER_1.count()
            || self.user_2 != USER_2.count()
    }

    /// The task to wake, if there is something for it.
    pub(super) fn take_waker(&mut self, is_stopping: bool) -> Option<Waker> {
        if is_stopping || self.is_due() { self.waker.take() } else { None }
    }

    /// Takes the next event, if there is one.
    pub(super) fn take(&mut self) -> Option<Found> {
        if self.hang_ups != self.reopened && !self.is_reloading {
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
