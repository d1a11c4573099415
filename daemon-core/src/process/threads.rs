//! Only the first thread may run when the daemon is forked.

use std::thread;
use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::sys;

/// How often, and after which pause, we look again for threads that have been joined: the kernel
/// forgets one a moment later than pthread_join(3) returns.
const LOOKS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(2);

/// How many threads run, once those that are about to end have ended; `None` where that cannot be
/// known.
pub(crate) fn count() -> Option<usize> {
    for _ in 0..LOOKS {
        match sys::proc::thread_count() {
            Some(2..) => thread::sleep(PAUSE),
            count => return count,
        }
    }
    sys::proc::thread_count()
}

/// Whether no other thread runs at this moment, as far as that can be known.
pub(crate) fn is_alone() -> bool {
    !matches!(sys::proc::thread_count(), Some(2..))
}

/// fork(2) copies only the thread that calls it: locks that the others held are held for ever, and
/// an async runtime without its threads hangs.
pub(crate) fn refuse() -> Result<(), Error> {
    let Some(count @ 2..) = count() else { return Ok(()) };
    let names = sys::proc::other_thread_names();
    let names = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    let others = if count == 2 { "another thread runs" } else { "other threads run" };
    let what = format!("cannot become a daemon: {others} already{names}");
    Err(Error::new(ErrorKind::Software, what).advise(
        "start threads in the body of `main`, and put #[daemon::main] above the attribute of an \
         async runtime",
    ))
}
