//! Skipping a test, so that it counts as ignored and never as passed.

use std::{any::Any, env, panic};

/// What a skipped test unwinds with; the suite knows it from a failure.
struct Skipped(String);

/// Ends the calling test as skipped: `skip!("needs root: changes its user")`.
///
/// Under `DAEMON_TESTS_NO_SKIP=1` (a machine that is meant to run everything) it fails.
#[macro_export]
macro_rules! skip {
    ($($reason:tt)+) => {
        $crate::skip(format!($($reason)+))
    };
}

/// Ends the calling test as skipped, for this reason; see [`skip!`].
#[track_caller]
pub fn skip(reason: String) -> ! {
    if env::var_os("DAEMON_TESTS_NO_SKIP").is_some_and(|value| value == "1") {
        panic!("may not be skipped here (DAEMON_TESTS_NO_SKIP=1), but {reason}");
    }
    // Not `panic!`: nothing went wrong, so the panic hook has nothing to print.
    panic::resume_unwind(Box::new(Skipped(reason)))
}

/// The reason, if that is what a test unwound with.
pub fn reason(payload: &(dyn Any + Send)) -> Option<&str> {
    payload.downcast_ref::<Skipped>().map(|skipped| skipped.0.as_str())
}
