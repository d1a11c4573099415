//! The reader of the program's standard error.

use std::io::{IsTerminal, stderr};

use nix::sys::stat::SFlag;

use crate::running::launched;
use crate::running::sink::Sink;
use crate::supervisor::journal;
use crate::sys::fstat;
use crate::sys::inode::file_type;

/// The reader of the program's standard error, for programs that choose the form of their log by it:
/// with colours, with times, with priorities.
pub fn output() -> Sink {
    if stderr().is_terminal() {
        return Sink::Terminal;
    }
    if let Some(sink) = launched::get().and_then(|launched| launched.logs.error.clone()) {
        return sink;
    }
    let Ok(status) = fstat(stderr()) else { return Sink::Nobody };
    if journal::is_connected_to(&status) {
        return Sink::Journal;
    }
    match file_type(&status) {
        // It is no terminal, so it is /dev/null or its like.
        SFlag::S_IFCHR => Sink::Nobody,
        _ => Sink::Supervisor,
    }
}
