//! No wait without an end.

use std::{
    thread,
    time::{Duration, Instant},
};

/// How often a condition is looked at: often enough not to slow a test down, seldom enough to
/// leave the processor to what is waited for.
const INTERVAL: Duration = Duration::from_millis(5);

/// How long a wait may take unless the sandbox is told otherwise: generous, because machines
/// are slow, and it costs a test that passes nothing.
pub(crate) const DEFAULT: Duration = Duration::from_secs(20);

/// Looks until there is something, at most for `limit`.
pub(crate) fn poll<T>(limit: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        // The clock is read before the last look, so that a look always follows a long pause.
        let expired = start.elapsed() >= limit;
        if let Some(found) = look() {
            return Some(found);
        }
        if expired {
            return None;
        }
        thread::sleep(INTERVAL);
    }
}
