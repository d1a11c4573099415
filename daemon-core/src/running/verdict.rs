//! [`Verdict`]: the answer to a request to reload.

use std::time::SystemTime;

/// The answer to the last request to reload; see [`last_reload`](crate::last_reload).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdict {
    /// Whether the reload was done, and not refused.
    pub is_done: bool,
    /// The words of the program.
    pub text: String,
    /// When it was answered.
    pub at: SystemTime,
}
