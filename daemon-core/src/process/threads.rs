//! Only the first thread may run when the daemon is forked.

use crate::error::{Error, ErrorKind};
use crate::sys;

/// fork(2) copies only the thread that calls it: locks that the others held are held for ever, and
/// an async runtime without its threads hangs.
pub(crate) fn refuse() -> Result<(), Error> {
    let Some(count @ 2..) = sys::proc::thread_count() else { return Ok(()) };
    let names = sys::proc::other_thread_names();
    let names = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    let others = if count == 2 { "another thread runs" } else { "other threads run" };
    let what = format!("cannot become a daemon: {others} already{names}");
    Err(Error::new(ErrorKind::Software, what).advise(
        "start threads in the body of `main`, and put #[daemon::main] above the attribute of an \
         async runtime",
    ))
}
