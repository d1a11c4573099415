//! [`Reload`]: a request that wants an answer.

use std::fmt::{self, Display};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::running::launched;
use crate::running::process;
use crate::running::said;
use crate::running::state::Shared;
use crate::running::verdict::Verdict;
use crate::supervisor::notify;

/// A request to read the configuration anew, which is to be answered: [`done`](Reload::done) or
/// [`refused`](Reload::refused). Dropped without an answer, it is refused.
///
/// One is unanswered at a time: requests that come meanwhile become one more event, afterwards. A
/// supervisor is told that the program reloads, and of the answer as its status.
#[must_use = "a reload that is not answered counts as refused"]
pub struct Reload {
    shared: Arc<Shared>,
    is_supervisor_told: bool,
    is_answered: bool,
}

/// The answer to the last request to reload, if there was one.
pub fn last_reload() -> Option<Verdict> {
    process::shared().lock().events.last_verdict.clone()
}

impl Reload {
    pub(super) fn begin(shared: Arc<Shared>) -> Self {
        let is_supervisor_told = launched::get().is_some_and(|it| it.tells_supervisor());
        if is_supervisor_told {
            notify::reloading(|| shared.lock_unless_stopping());
        }
        said::reloading();
        Reload { shared, is_supervisor_told, is_answered: false }
    }

    /// Says how far the reload is, as [`status`](crate::status) does, and tells the supervisor, if
    /// there is one, that it takes longer.
    pub fn status(&self, text: impl Display) {
        let text = text.to_string();
        said::status(&text);
        if self.is_supervisor_told && self.shared.is_ours() {
            if let Some(_not_stopping) = self.shared.lock_unless_stopping() {
                notify::extend(&text, MORE_TIME);
            }
        }
    }

    /// The new configuration is in effect. `text` says what is different now.
    pub fn done(mut self, text: impl Display) {
        self.answer(true, text.to_string());
    }

    /// The new configuration is not accepted, for this reason, and the old one stays in effect.
    pub fn refused(mut self, error: impl Display) {
        self.answer(false, error.to_string());
    }

    fn answer(&mut self, is_done: bool, text: String) {
        self.is_answered = true;
        if !self.shared.is_ours() {
            return;
        }
        if self.is_supervisor_told {
            let status = if is_done { text.clone() } else { format!("reload refused: {text}") };
            // Once it is to stop, readiness would end the stop.
            notify::reloaded(&status, || self.shared.lock_unless_stopping());
        }
        self.shared.answer_reload(is_done, text);
    }
}

/// How much longer a reload may take that says how far it is.
const MORE_TIME: Duration = Duration::from_secs(60);

impl Drop for Reload {
    fn drop(&mut self) {
        if !self.is_answered {
            let why = if thread::panicking() { "the program panicked" } else { "not handled" };
            self.answer(false, why.to_owned());
        }
    }
}

impl fmt::Debug for Reload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reload").finish_non_exhaustive()
    }
}
