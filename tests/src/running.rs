//! A command that has been started.

use std::{
    ffi::OsString,
    fmt,
    fs::File,
    io::Write,
    os::fd::OwnedFd,
    process::ExitStatus,
    time::{Duration, Instant},
};

use nix::sys::signal::Signal;

use crate::{
    Finished, Process, Sandbox, captured::Captured, deadline, starter::Starter, terminal::Terminal,
};

/// A command that has been started: to be signalled, typed at, hung up on, waited for.
///
/// What it writes is read while a method here waits or looks, and not in between. Its terminal,
/// and the session leader that stands for the shell, stay as long as this value. Dropping it
/// closes the terminal, and kills the command (not its daemon) if it still runs.
#[must_use = "dropping this closes the command's terminal, and kills it if it still runs"]
pub struct Running<'a> {
    sandbox: &'a Sandbox,
    name: OsString,
    started: Instant,
    end: Option<(ExitStatus, Duration)>,
    command: Process,
    ends: Ends,
    starter: Starter,
}

/// The test's ends of what the command got.
#[derive(Default)]
pub(crate) struct Ends {
    pub(crate) stdin: Option<File>,
    pub(crate) stdout: Option<Captured>,
    pub(crate) stderr: Option<Captured>,
    pub(crate) terminal: Option<Terminal>,
    /// Only held, so that leaked pipes are not broken ones.
    pub(crate) _leaked: Vec<OwnedFd>,
}

impl<'a> Running<'a> {
    pub(crate) fn new(
        sandbox: &'a Sandbox,
        name: OsString,
        ends: Ends,
        started: Instant,
        (starter, command): (Starter, Process),
    ) -> Self {
        Self { sandbox, name, started, end: None, command, ends, starter }
    }

    /// The command's own process.
    pub fn process(&self) -> &Process {
        &self.command
    }

    /// Sends the command a signal.
    #[track_caller]
    pub fn signal(&self, signal: Signal) {
        self.command.signal(signal);
    }

    /// Types at the terminal: text, `"\n"` for the return key, [`CTRL_C`](crate::CTRL_C).
    #[track_caller]
    pub fn type_text(&mut self, text: &str) {
        self.ends.terminal.as_mut().expect("a start with a terminal").type_text(text);
    }

    /// Closes the terminal, as when its window is closed or its line drops. What it got until
    /// now is kept.
    #[track_caller]
    pub fn hang_up(&mut self) {
        self.ends.terminal.as_mut().expect("a start with a terminal").hang_up();
    }

    /// Writes to the pipe that is the command's stdin.
    #[track_caller]
    pub fn write_stdin(&mut self, text: &str) {
        let stdin = self.ends.stdin.as_mut().expect("a start with stdin(Standard::Pipe)");
        stdin.write_all(text.as_bytes()).expect("the command reads its stdin");
    }

    /// Closes the pipe that is the command's stdin.
    pub fn close_stdin(&mut self) {
        self.ends.stdin = None;
    }

    /// What the terminal got so far, with `\n` for the terminal's own `\r\n`.
    pub fn terminal(&mut self) -> String {
        self.look();
        self.ends.terminal.as_ref().map(Terminal::text).unwrap_or_default()
    }

    /// What came through the pipe of stdout so far.
    pub fn stdout(&mut self) -> String {
        self.look();
        self.ends.stdout.as_ref().map(Captured::text).unwrap_or_default()
    }

    /// What came through the pipe of stderr so far.
    pub fn stderr(&mut self) -> String {
        self.look();
        self.ends.stderr.as_ref().map(Captured::text).unwrap_or_default()
    }

    /// Whether the command has ended.
    pub fn has_ended(&mut self) -> bool {
        self.look();
        self.end.is_some()
    }

    /// Waits until the terminal, stdout or stderr shows this text.
    #[track_caller]
    pub fn wait_for_text(&mut self, text: &str) {
        self.wait_until(&format!("shows {text:?}"), |command| {
            [command.terminal(), command.stdout(), command.stderr()]
                .iter()
                .any(|shown| shown.contains(text))
        });
    }

    /// Waits until this is true of the command, or of anything else.
    #[track_caller]
    pub fn wait_until(&mut self, what: &str, mut condition: impl FnMut(&mut Self) -> bool) {
        let limit = self.sandbox.deadline();
        let waited = deadline::poll(limit, || {
            self.look();
            condition(self).then_some(())
        });
        if waited.is_none() {
            panic!(
                "waited {limit:?} until the command {what}\n{self:?}\n{}",
                self.sandbox.report()
            );
        }
    }

    /// Waits for the command's end. Its terminal stays open; its daemon, if it has one, runs on.
    #[track_caller]
    pub fn wait(&mut self) -> Finished {
        self.wait_until("has ended", Self::has_ended);
        let (status, elapsed) = self.end.expect("just waited for");
        Finished {
            status,
            // What it wrote before its end is there by now, so one more look finds it all.
            stdout: self.stdout(),
            stderr: self.stderr(),
            terminal: self.terminal(),
            elapsed,
        }
    }

    /// Waits for the command's end with this exit status, after which no process is left.
    #[track_caller]
    pub fn end(mut self, code: i32) -> Finished {
        let sandbox = self.sandbox;
        let finished = self.wait().expect_code(code);
        drop(self);
        sandbox.assert_nothing_left();
        finished
    }

    /// Kills the command, which is the daemon itself, after which no process is left.
    #[track_caller]
    pub fn kill(self) {
        self.signal(Signal::SIGKILL);
        self.end(128 + Signal::SIGKILL as i32);
    }

    /// Waits until nobody holds the pipes of stdout and stderr any more, as `$(command)` does.
    #[track_caller]
    pub fn wait_for_end_of_output(&mut self) {
        self.wait_until("and its heirs let go of stdout and stderr", |command| {
            [&command.ends.stdout, &command.ends.stderr].into_iter().flatten().all(Captured::ended)
        });
    }

    fn look(&mut self) {
        if self.end.is_none() {
            self.end = self.starter.try_status().map(|status| (status, self.started.elapsed()));
        }
        if let Some(terminal) = &mut self.ends.terminal {
            terminal.drain();
        }
        for pipe in [&mut self.ends.stdout, &mut self.ends.stderr].into_iter().flatten() {
            pipe.drain();
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.command.kill();
    }
}

/// Laid out for messages: what it is, and what it said as of the last look.
impl fmt::Debug for Running<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.name.to_string_lossy())?;
        match self.end {
            Some((status, elapsed)) => writeln!(f, "ended with {status} after {elapsed:?}")?,
            None => writeln!(f, "{:?}, for {:?}", self.command, self.started.elapsed())?,
        }
        let Ends { stdout, stderr, terminal, .. } = &self.ends;
        for (name, text) in [
            ("stdout", stdout.as_ref().map(Captured::text)),
            ("stderr", stderr.as_ref().map(Captured::text)),
            ("terminal", terminal.as_ref().map(Terminal::text)),
        ] {
            if let Some(text) = text {
                writeln!(f, "--- {name}\n{text}")?;
            }
        }
        Ok(())
    }
}
