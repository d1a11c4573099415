//! The output of the waiting command, on a terminal that may be stopped.

use std::io::IsTerminal;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::unistd::write;

use crate::sys;
use crate::sys::descriptors::{PIPE_BUF, takes_bytes_now, takes_bytes_within};
use crate::text::{cut, on_one_line};

/// How long the last words may take on a terminal or pipe that is stuck; then the command exits
/// without them: its exit status is what scripts wait for.
const PATIENCE: Duration = Duration::from_secs(1);

/// Standard error of the command. On a terminal stopped by ^S a write would wait until ^Q.
pub(crate) struct Terminal<'a> {
    name: &'a str,
    /// Once something is to be said: most starts say nothing.
    output: Option<Output>,
    /// Text for which there was no room yet.
    unwritten: Vec<u8>,
    /// Whether the line with the cursor shows a status.
    status_shown: bool,
}

struct Output {
    /// Standard error, opened once more so that nothing that is written waits for room.
    ///
    /// Not by O_NONBLOCK on standard error itself, which the shell and others share. Files and
    /// sockets cannot be opened like this, nor the terminal of another user; there we look for room
    /// first.
    never_waits: Option<OwnedFd>,
    /// How wide a line may be, if it can be redrawn.
    redraws: Option<usize>,
}

impl<'a> Terminal<'a> {
    /// Each status begins with `name`.
    pub(crate) fn new(name: &'a str) -> Self {
        Terminal { name, output: None, unwritten: Vec::new(), status_shown: false }
    }

    /// Shows how far the start is, unless there is no room.
    pub(crate) fn status(&mut self, status: &str) {
        self.write_until(Instant::now());
        if !self.unwritten.is_empty() {
            return;
        }
        let line = format!("{}: {}", self.name, on_one_line(status));
        let redraws = self.output.get_or_insert_with(Output::new).redraws;
        let line = match redraws {
            Some(columns) => format!("\r\x1b[K{}", first_columns(&line, columns)),
            None => line + "\n",
        };
        self.unwritten.extend_from_slice(line.as_bytes());
        self.write_until(Instant::now());
        self.status_shown = redraws.is_some();
    }

    /// Says the last words, whole lines, and waits until they are written, but not for ever.
    pub(crate) fn finish(mut self, words: &str) {
        if self.status_shown {
            self.unwritten.extend_from_slice(b"\r\x1b[K");
        }
        self.unwritten.extend_from_slice(words.as_bytes());
        self.write_until(Instant::now() + PATIENCE);
    }

    /// Writes what there is to write, as far as there is room until then.
    fn write_until(&mut self, until: Instant) {
        while !self.unwritten.is_empty() {
            let length = self.unwritten.len().min(PIPE_BUF);
            let output = self.output.get_or_insert_with(Output::new);
            match output.write(&self.unwritten[..length]) {
                Ok(length) => drop(self.unwritten.drain(..length)),
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => {
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() || !takes_bytes_within(std::io::stderr(), left) {
                        return;
                    }
                }
                // Then through standard error itself.
                Err(_) if output.never_waits.take().is_some() => {}
                // Nobody can hear it; the exit status says it too.
                Err(_) => self.unwritten.clear(),
            }
        }
    }
}

impl Output {
    fn new() -> Self {
        let stderr = std::io::stderr();
        let can_redraw = stderr.is_terminal()
            && std::env::var_os("TERM").is_some_and(|term| !term.is_empty() && term != "dumb");
        let columns = || sys::descriptors::terminal_columns(stderr.as_fd()).unwrap_or(80);
        Output {
            never_waits: sys::proc::open_stderr_without_waiting(),
            redraws: can_redraw.then(columns),
        }
    }

    fn write(&self, bytes: &[u8]) -> Result<usize, Errno> {
        let stderr = std::io::stderr();
        match &self.never_waits {
            Some(never_waits) => write(never_waits, bytes),
            None if takes_bytes_now(stderr.as_fd()) => write(stderr, bytes),
            None => Err(Errno::EAGAIN),
        }
    }
}

/// As much of a line as fits, since a wrapped one cannot be redrawn. A character of double width
/// counts as two bytes or more, so this errs on the short side.
fn first_columns(line: &str, columns: usize) -> &str {
    cut(line, columns.saturating_sub(1))
}
