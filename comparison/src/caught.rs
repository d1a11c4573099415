//! Turns a panic of the harness into a reason.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};

use crate::installation::Reason;

/// The value of this, or why the harness gave up.
pub(crate) fn caught<T>(run: impl FnOnce() -> T) -> Result<T, Reason> {
    panic::catch_unwind(AssertUnwindSafe(run)).map_err(|payload| reason_of(payload.as_ref()))
}

fn reason_of(payload: &(dyn Any + Send)) -> Reason {
    let panicked = || {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        text.or_else(|| payload.downcast_ref::<&str>().copied())
    };
    let text = daemon_tests::skip_reason(payload).or_else(panicked).unwrap_or("no reason");
    text.lines().next().unwrap_or(text).to_owned()
}
