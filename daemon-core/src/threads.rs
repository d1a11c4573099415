//! No thread but the first may run when the daemon is forked.

use std::fs;

use nix::unistd::getpid;

use crate::error::{Error, ErrorKind};
use crate::sys;

/// fork(2) copies only the thread that calls it: what the others held is held for ever, and an
/// async runtime without its threads hangs.
pub(crate) fn refuse() -> Result<(), Error> {
    let Some(count @ 2..) = sys::thread_count() else { return Ok(()) };
    let names = other_names();
    let names = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    let others = if count == 2 { "another thread runs" } else { "other threads run" };
    let what = format!("cannot become a daemon: {others} already{names}");
    Err(Error::new(ErrorKind::Software, what).advise(
        "start threads in the body of `main`, and put #[daemon::main] above the attribute of an \
         async runtime",
    ))
}

/// The names of the threads that are not this one; see proc_pid_task(5).
fn other_names() -> Vec<String> {
    let own = getpid().to_string();
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    tasks
        .filter(|task| task.file_name().to_str() != Some(&own))
        .filter_map(|task| fs::read_to_string(task.path().join("comm")).ok())
        .map(|name| name.trim_end().to_owned())
        .collect()
}
