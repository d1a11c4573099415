//! [`Hold`]: work that a stop waits for.

use std::fmt;
use std::sync::Arc;

use crate::running::state::Shared;

/// Something that is going on, and that a stop of the program waits for until this is dropped; see
/// [`Stop::hold`](crate::Stop::hold).
#[must_use = "the stop waits for it only until it is dropped"]
pub struct Hold {
    shared: Arc<Shared>,
    key: u64,
}

impl Hold {
    pub(super) fn new(shared: Arc<Shared>, what: String) -> Self {
        let key = shared.add_hold(what);
        Hold { shared, key }
    }
}

impl Drop for Hold {
    /// A copy in a forked child is the parent's.
    fn drop(&mut self) {
        if self.shared.is_ours() {
            self.shared.remove_hold(self.key);
        }
    }
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hold").finish_non_exhaustive()
    }
}
