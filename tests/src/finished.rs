//! What became of a command.

use std::{fmt, os::unix::process::ExitStatusExt, process::ExitStatus, time::Duration};

use nix::sys::signal::Signal;

/// What became of a command that has ended. Its daemon may well live on.
#[derive(Clone)]
pub struct Finished {
    /// As `wait` tells it.
    pub status: ExitStatus,
    /// What came through the pipe of its stdout; empty where that is no pipe.
    pub stdout: String,
    /// What came through the pipe of its stderr; empty where that is no pipe.
    pub stderr: String,
    /// What the terminal got, from everybody, with the echo of what was typed. The terminal's
    /// own `\r\n` is shown as `\n`; a `\r` that the program wrote itself stays.
    pub terminal: String,
    /// From the start to the end, to within a few milliseconds.
    pub elapsed: Duration,
}

impl Finished {
    /// The exit status as a shell shows it: `128+N` for a signal.
    pub fn code(&self) -> i32 {
        self.status
            .code()
            .or_else(|| self.status.signal().map(|signal| 128 + signal))
            .expect("a command ends by exit or by signal")
    }

    /// The signal that ended it.
    pub fn signal(&self) -> Option<Signal> {
        self.status.signal().map(|number| Signal::try_from(number).expect("a standard signal"))
    }

    /// Panics with all that it said unless its exit status, as a shell shows it, is this one.
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code(), code, "an unexpected exit status\n{self:?}");
        self
    }
}

/// Laid out for the message of a failed assertion.
impl fmt::Debug for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "ended with {} after {:?}", self.status, self.elapsed)?;
        for (name, text) in
            [("stdout", &self.stdout), ("stderr", &self.stderr), ("terminal", &self.terminal)]
        {
            if !text.is_empty() {
                writeln!(f, "--- {name}\n{text}")?;
            }
        }
        Ok(())
    }
}
