//! Logs opened anew because the program says so.

use crate::error::Error;
use crate::running::launched;
use crate::running::process;

/// Opens the program's logs anew: those that its options `stdout` and `stderr` name, and that are
/// regular files. Each is replaced if another file, or none, is at its path by now.
///
/// Call it only if something other than SIGHUP tells the program that its logs were moved: at SIGHUP
/// it happens by itself.
///
/// # Errors
///
/// If one of them cannot be opened, for a reason that would also refuse a start. Then the program
/// goes on writing to the old one.
pub fn reopen_logs() -> Result<(), Error> {
    let Some(launched) = launched::get() else { return Ok(()) };
    process::forget_locks_in_children();
    launched.logs.reopen()
}
