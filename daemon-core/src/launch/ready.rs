//! [`Ready`]: how the body says that the start is over.

use std::fmt::Display;
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::PollTimeout;

use crate::command::cancel::Tether;
use crate::command::pipe::ToCommand;
use crate::error::{Error, ErrorKind};
use crate::files::notice;
use crate::files::startup_output::OutputUntilReady;
use crate::launch::failure;
use crate::process::own::OwnProcess;
use crate::running::{launched, said};
use crate::supervisor::notify;
use crate::supervisor::s6::NotificationDescriptor;
use crate::supervisor::sockets;
use crate::sys::descriptors::close_together;

/// Says that the daemon is ready; the command that started it waits for this.
///
/// There is one per process, and `main` gets it by taking it as a parameter:
///
/// ```no_run
/// #[daemon::main]
/// fn main(ready: daemon::Ready) -> std::io::Result<()> {
///     ready.status("opening the port");
///     let listener = std::net::TcpListener::bind("127.0.0.1:7777")?;
///     ready.notify_with(format_args!("listening on {}", listener.local_addr()?));
///     // …
/// #   Ok(())
/// }
/// ```
///
/// It can be sent to another thread. In a forked child it does nothing: only the daemon's own word
/// counts. None of its methods returns an error or waits for a terminal.
///
/// If it is dropped before the daemon is ready, in the foreground the program's exit status is that of
/// `main`; in the background the program has two seconds to end with an error of
/// its own, which is then shown; otherwise the start fails with exit status 70. If `start_timeout`
/// is over sooner, it fails with 124.
#[derive(Debug)]
#[must_use = "the start fails if `Ready` is dropped before `notify` is called"]
pub struct Ready(Audience);

/// The recipient of what [`Ready`] says.
#[derive(Debug)]
enum Audience {
    /// The command that started it. Not in a box: a new process has to copy each page of the heap
    /// that it writes to.
    Command(Waiting),
    /// The readers of our standard error, and the supervisor, if there is one.
    Foreground(Box<Foreground>),
    /// Nobody, or nobody any more.
    Nobody,
}

#[derive(Debug)]
struct Waiting {
    to_command: ToCommand,
    /// Until the daemon is ready, ends it if the command dies.
    tether: Tether,
    output: OutputUntilReady,
    daemon: OwnProcess,
}

#[derive(Debug)]
struct Foreground {
    name: String,
    process: OwnProcess,
    start_timeout: Option<Duration>,
    notification: Option<NotificationDescriptor>,
}

impl Ready {
    pub(crate) fn background(
        to_command: ToCommand,
        tether: Tether,
        output: OutputUntilReady,
        daemon: OwnProcess,
    ) -> Self {
        Ready(Audience::Command(Waiting { to_command, tether, output, daemon }))
    }

    pub(crate) fn foreground(
        name: String,
        process: OwnProcess,
        start_timeout: Option<Duration>,
        notification: Option<NotificationDescriptor>,
    ) -> Self {
        let foreground = Foreground { name, process, start_timeout, notification };
        Ready(Audience::Foreground(Box::new(foreground)))
    }

    /// A `Ready` that tells nobody, for tests of functions that take one.
    ///
    /// ```
    /// fn serve(ready: daemon::Ready) {
    ///     ready.notify();
    /// }
    ///
    /// serve(daemon::Ready::detached());
    /// ```
    pub fn detached() -> Self {
        Ready(Audience::Nobody)
    }

    /// Shows how far the start is, after the program's name, on standard error of the waiting
    /// command: one line that is redrawn on a terminal, a line for each status elsewhere.
    ///
    /// A status is skipped while the command is behind with reading, and cut after some 500 bytes.
    /// In the foreground it goes to standard error.
    ///
    /// A supervisor that waits for readiness is told too. Each status then gives the start
    /// `start_timeout` more time, but at most 35 minutes (`EXTEND_TIMEOUT_USEC` of sd_notify(3)).
    pub fn status(&self, message: impl Display) {
        match &self.0 {
            Audience::Command(waiting) if waiting.daemon.is_this() => {
                let message = message.to_string();
                said::starting(&message);
                waiting.to_command.status(&message);
            }
            Audience::Foreground(foreground) if foreground.process.is_this() => {
                let message = message.to_string();
                said::starting(&message);
                foreground.status(&message);
            }
            _ => {}
        }
    }

    /// Says that the daemon is ready: the command exits with status 0, and a supervisor that waits
    /// for readiness is told (`READY=1` of sd_notify(3), or the newline of s6).
    ///
    /// It returns at once, except that it waits up to ten seconds for a supervisor that is too busy
    /// to take the message.
    pub fn notify(self) {
        self.announce("");
    }

    /// Says that the daemon is ready: the command prints `message` after the program's name, and
    /// exits with status 0. In the foreground the message goes to standard error, and to a
    /// supervisor as its status.
    ///
    /// Only the first 2 KiB of a long message are shown.
    pub fn notify_with(self, message: impl Display) {
        self.announce(&message.to_string());
    }

    fn announce(mut self, message: &str) {
        match std::mem::replace(&mut self.0, Audience::Nobody) {
            Audience::Command(waiting) if waiting.daemon.is_this() => waiting.announce(message),
            Audience::Foreground(foreground) if foreground.process.is_this() => {
                foreground.announce(message);
            }
            // Nobody waits for the forked child that has a copy.
            _ => {}
        }
    }
}

impl Foreground {
    fn status(&self, message: &str) {
        notify::starting(message, self.start_timeout);
        notice::say(&self.name, message);
    }

    fn announce(self, message: &str) {
        launched::note_ready(message);
        if let Err(error) = notify::ready(message) {
            notice::say(&self.name, &error.to_string());
        }
        launched::note_supervisor_told();
        if let Some(notification) = self.notification {
            notification.ready();
        }
        if !message.is_empty() {
            notice::say(&self.name, message);
        }
        // The clients of these sockets would wait for ever.
        let left = sockets::left();
        if !left.is_empty() {
            let left = left.join(", ");
            notice::say(
                &self.name,
                &format!("nobody has taken these sockets, which were passed: {left}"),
            );
        }
    }
}

/// How long the command may take to tell a supervisor, in milliseconds.
const COMMAND_TELLS: u16 = 1000;

impl Waiting {
    /// First everything that the launch still has to put in order, then the record: the command
    /// exits as soon as it has read it.
    fn announce(self, message: &str) {
        if self.to_command.is_lost() {
            // The command sees its end, and takes the start for failed.
            let what = "cannot tell the command that the daemon is ready: the program has closed \
                        descriptors that are not its own";
            failure::end_unheard(&Error::new(ErrorKind::Software, what));
        }
        if let Err(error) = self.tether.release() {
            failure::end(&self.to_command, &error);
        }
        // Where the intermediate process reads in place of the command, that it reads says nothing.
        if notify::is_connected() && self.tether.is_command_gone_within(PollTimeout::ZERO) {
            failure::end_without_command();
        }
        let released = self.output.release();
        launched::note_ready(message);
        match self.to_command.ready(message) {
            Ok(()) => {}
            // Nobody reads: the command is dead, and so the start is cancelled.
            Err(Errno::EPIPE) if self.tether.is_command_gone_within(PollTimeout::ZERO) => {
                failure::end_without_command()
            }
            Err(errno) => {
                let error = Error::cannot("tell the command that the daemon is ready", errno);
                failure::end(&self.to_command, &error);
            }
        }
        if notify::is_connected() {
            // The command tells the supervisor, which may not listen to us until then; whatever we
            // tell it next has to come after that.
            self.tether.is_command_gone_within(COMMAND_TELLS.into());
        }
        launched::note_supervisor_told();
        let [first, last] = [self.to_command.into(), self.tether.into_descriptor()];
        close_together([first].into_iter().chain(released).chain([last]));
    }
}

impl Drop for Ready {
    /// A copy that is dropped in a child forked from the daemon means nothing.
    fn drop(&mut self) {
        match std::mem::replace(&mut self.0, Audience::Nobody) {
            Audience::Command(waiting) if waiting.daemon.is_this() => {
                if waiting.to_command.is_lost() {
                    // What has the numbers by now is not ours to close.
                    return std::mem::forget(waiting);
                }
                let _ = waiting.to_command.dropped();
                // A daemon that lives on without being ready still ends with the command.
                waiting.tether.keep_fastened();
            }
            // The supervisor ends a program that is not ready in time; this is the reason that it
            // can show.
            Audience::Foreground(foreground) if foreground.process.is_this() => {
                notify::not_ready("it ended, or dropped `daemon::Ready`, before it was ready");
            }
            _ => {}
        }
    }
}
