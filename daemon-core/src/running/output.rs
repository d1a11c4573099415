//! Who reads what the program writes to standard error.

use std::io::{IsTerminal, stderr};
use std::path::PathBuf;

use nix::sys::stat::{SFlag, fstat};

use crate::running::launched;
use crate::supervisor::journal;
use crate::supervisor::mode::mode;
use crate::sys::inode::file_type;

/// Who reads what the program writes to standard error; see [`output()`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sink {
    /// A person at a terminal.
    Terminal,
    /// The journal of systemd, which takes a `<3>` at the beginning of a line as its priority, and
    /// knows the time of each line by itself.
    Journal,
    /// A file, which is appended to.
    File(PathBuf),
    /// Another supervisor, or whoever else has started the program in the foreground.
    Supervisor,
    /// Nobody: it goes to `/dev/null`.
    Nobody,
}

/// Who reads what the program writes to standard error, for programs that want to choose the form of
/// their log: with colours, with times, with priorities.
pub fn output() -> Sink {
    if stderr().is_terminal() {
        return Sink::Terminal;
    }
    let Ok(status) = fstat(stderr()) else { return Sink::Nobody };
    if journal::is_connected_to(&status) {
        return Sink::Journal;
    }
    if let Some(path) = launched::get().and_then(|launched| launched.logs.of_standard_error()) {
        return Sink::File(path.to_owned());
    }
    match file_type(&status) {
        SFlag::S_IFCHR => Sink::Nobody,
        _ if mode().is_background() => Sink::Nobody,
        _ => Sink::Supervisor,
    }
}
