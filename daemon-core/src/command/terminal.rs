//! The output of the waiting command, on a terminal that may be stopped.

use std::io::ErrorKind::{Interrupted, WouldBlock};
use std::io::{IsTerminal, Write};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::sys;
use crate::text::{cut, on_one_line};

/// How long the last words may take on a terminal or pipe that is stuck; then the command exits
/// without them: its exit status is what scripts wait for.
const PATIENCE: Duration = Duration::from_secs(1);

/// While this many lines are waiting to be written, a status is skipped.
const BACKLOG: usize = 4;

/// How long, in milliseconds, room is waited for on a terminal in non-blocking mode.
const PATIENCE_FOR_ROOM: u16 = 1000;

/// Standard error of the command, written to by a thread of its own: on a terminal stopped by ^S a
/// write waits until ^Q, and not every kind of file can tell beforehand that it would.
pub(crate) struct Terminal {
    name: String,
    writer: Option<Writer>,
    /// How wide a line may be, if it can be redrawn.
    redraws: Option<usize>,
    /// Whether the line with the cursor shows a status.
    status_shown: bool,
}

struct Writer {
    lines: Sender<String>,
    /// How many lines were sent but are not written yet.
    backlog: Arc<AtomicUsize>,
    /// Disconnected once everything is written.
    done: Receiver<()>,
}

impl Terminal {
    /// Each status begins with `name`.
    pub(crate) fn new(name: &str) -> Self {
        Terminal { name: name.to_owned(), writer: None, redraws: None, status_shown: false }
    }

    /// Shows how far the start is.
    pub(crate) fn status(&mut self, status: &str) {
        let line = format!("{}: {}", self.name, on_one_line(status));
        self.prepare();
        let Some(writer) = &self.writer else { return };
        if writer.backlog.load(Ordering::Relaxed) >= BACKLOG {
            return;
        }
        writer.send(match self.redraws {
            Some(columns) => format!("\r\x1b[K{}", first_columns(&line, columns)),
            None => line + "\n",
        });
        self.status_shown = self.redraws.is_some();
    }

    /// Says the last words, whole lines, and waits until they are written, but not for ever.
    pub(crate) fn finish(mut self, words: &str) {
        if words.is_empty() && !self.status_shown {
            return;
        }
        let clear = if self.status_shown { "\r\x1b[K" } else { "" };
        let words = format!("{clear}{words}");
        self.prepare();
        let Some(writer) = self.writer else {
            // There is no thread: better late than not at all.
            return write(words.as_bytes());
        };
        // Whatever the backlog: a thread that is behind does not mean a terminal that is stuck.
        writer.send(words);
        drop(writer.lines);
        let _ = writer.done.recv_timeout(PATIENCE);
    }

    /// The thread is made with the first line: most starts say nothing.
    fn prepare(&mut self) {
        if self.writer.is_none() {
            self.writer = Writer::spawn();
            let stderr = std::io::stderr();
            let can_redraw = stderr.is_terminal()
                && std::env::var_os("TERM").is_some_and(|term| !term.is_empty() && term != "dumb");
            self.redraws = can_redraw
                .then(|| sys::descriptors::terminal_columns(stderr.as_fd()).unwrap_or(80));
        }
    }
}

impl Writer {
    fn spawn() -> Option<Self> {
        let (lines, to_write) = mpsc::channel::<String>();
        let (finished, done): (Sender<()>, _) = mpsc::channel();
        let backlog = Arc::new(AtomicUsize::new(0));
        let left = Arc::clone(&backlog);
        let write = move || {
            for line in to_write {
                write(line.as_bytes());
                left.fetch_sub(1, Ordering::Relaxed);
            }
            drop(finished);
        };
        thread::Builder::new().spawn(write).ok()?;
        Some(Writer { lines, backlog, done })
    }

    fn send(&self, line: String) {
        self.backlog.fetch_add(1, Ordering::Relaxed);
        // The thread ends after us.
        let _ = self.lines.send(line);
    }
}

/// Writes to standard error. A terminal that is in non-blocking mode and full for a moment, because
/// another program left it so, is waited for.
pub(crate) fn write(mut bytes: &[u8]) {
    let mut stderr = std::io::stderr().lock();
    while !bytes.is_empty() {
        match stderr.write(bytes) {
            Ok(length) => bytes = &bytes[length..],
            Err(error) if error.kind() == Interrupted => {}
            Err(error) if error.kind() == WouldBlock => {
                let mut fds = [PollFd::new(stderr.as_fd(), PollFlags::POLLOUT)];
                if poll(&mut fds, PollTimeout::from(PATIENCE_FOR_ROOM)) == Ok(0) {
                    return;
                }
            }
            Err(_) => return,
        }
    }
}

/// As much of a line as fits, since a wrapped one cannot be redrawn. A character of double width
/// counts as two bytes or more, so this errs on the short side.
fn first_columns(line: &str, columns: usize) -> &str {
    cut(line, columns.saturating_sub(1))
}
