//! What a supervisor is told of the start and of the program's life: the protocol of sd_notify(3).

mod message;
mod socket;

use std::fmt::Display;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::errno::Errno;
use nix::unistd::Pid;

use crate::error::{Error, Failure};
use crate::supervisor::environment::Environment;
use message::Message;
use socket::NotifySocket;

/// There is one for each process, connected before anything is changed, so that no later root
/// directory or user is in its way.
static SUPERVISOR: OnceLock<NotifySocket> = OnceLock::new();

/// Whether it has been told how far the start is.
static HAS_STATUS_OF_START: AtomicBool = AtomicBool::new(false);

/// Connects to the socket over which the supervisor wants to be told, if there is one.
///
/// Not to one that was meant for another process: a shell below a supervised program would speak
/// for that program.
pub(crate) fn connect(environment: Environment<'_>) -> Result<(), Error> {
    if SUPERVISOR.get().is_some() {
        return Ok(());
    }
    if let Some(address) = environment.notify_socket() {
        let socket = NotifySocket::connect(&address)?;
        SUPERVISOR.get_or_init(|| socket);
    }
    Ok(())
}

/// Whether a supervisor listens.
pub(crate) fn is_connected() -> bool {
    SUPERVISOR.get().is_some()
}

/// Tells the supervisor what the program is doing, at any time after the launch; systemctl(1) shows
/// it as `Status:`.
///
/// It is one line: what comes after about 2 KiB is cut, control characters are escaped. Where no
/// supervisor listens, it does nothing. It never waits: of many at once, a supervisor that is behind
/// gets those that it has room for.
///
/// ```no_run
/// let clients = 17;
/// daemon::status(format_args!("serving {clients} clients"));
/// ```
pub fn status(message: impl Display) {
    if let Some(supervisor) = SUPERVISOR.get() {
        supervisor.try_send(&Message::new().text("STATUS", &message.to_string()));
    }
}

/// The longest time that can be asked for, some 36 minutes. start-stop-daemon(8) reads the number of
/// microseconds as an `int`, and ends the start where it does not fit; systemd passes over the
/// largest `u64`, its "infinity".
const LONGEST_EXTENSION: Duration = Duration::from_micros(i32::MAX as u64);

/// How far the start is, and that it may take as long again.
pub(crate) fn starting(status: &str, timeout: Option<Duration>) {
    let Some(supervisor) = SUPERVISOR.get() else { return };
    HAS_STATUS_OF_START.store(true, Ordering::Relaxed);
    let extension = timeout.map_or(LONGEST_EXTENSION, |timeout| timeout.min(LONGEST_EXTENSION));
    let message =
        Message::new().text("STATUS", status).number("EXTEND_TIMEOUT_USEC", extension.as_micros());
    supervisor.try_send(&message);
}

/// This process is ready.
pub(crate) fn ready(status: &str) {
    send(with_last_status(Message::new().number("READY", 1), status));
}

/// A daemon that this process has started is ready, and is from now on the one to watch.
pub(crate) fn daemon_ready(daemon: Pid, status: &str) {
    let message = Message::new().number("MAINPID", daemon).number("READY", 1);
    send(with_last_status(message, status));
}

/// How far the start was is over. But an empty status would take away, too, what the program has
/// said by [`status`].
fn with_last_status(message: Message, status: &str) -> Message {
    let is_outdated = HAS_STATUS_OF_START.load(Ordering::Relaxed);
    if status.is_empty() && !is_outdated { message } else { message.text("STATUS", status) }
}

/// The start has failed, and this process is about to exit. start-stop-daemon(8), who is not its
/// parent, knows it by `ERRNO` alone, and waits until its time is over where there is none.
pub(crate) fn failed(failure: &Failure) {
    let message = Message::new().text("STATUS", &failure.message);
    send(message.number("EXIT_STATUS", failure.exit_code).number("ERRNO", failure.errno as i32));
}

/// The program will not be ready any more, whatever its exit status is going to be.
pub(crate) fn not_ready(why: &str) {
    send(Message::new().text("STATUS", why).number("ERRNO", Errno::ECANCELED as i32));
}

fn send(message: Message) {
    if let Some(supervisor) = SUPERVISOR.get() {
        supervisor.send(&message);
    }
}

/// The program is alive. Says whether it could be told.
pub(crate) fn alive() -> bool {
    SUPERVISOR.get().is_some_and(|it| it.try_send(&Message::new().number("WATCHDOG", 1)))
}
