//! [`Sink`]: the reader of the program's standard error.

use std::path::PathBuf;

/// The reader of the program's standard error; see [`output()`](crate::output()).
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
