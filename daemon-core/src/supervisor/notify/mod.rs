//! The messages to a supervisor about the start and life of the program: the protocol of
//! sd_notify(3).

mod message;
mod socket;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::errno::Errno;
use nix::unistd::Pid;

use crate::error::{Error, Failure};
use crate::supervisor::environment::Environment;
use crate::supervisor::parent::{Parent, ThisProcess};
use crate::sys;
use message::Message;
use socket::NotifySocket;

/// One for each process, connected before anything is changed, so that no later root directory or
/// user is in the way.
static SUPERVISOR: OnceLock<NotifySocket> = OnceLock::new();

/// Whether the supervisor has been told how far the start is.
static HAS_STATUS_OF_START: AtomicBool = AtomicBool::new(false);

/// Connects to the socket on which the supervisor wants to be told, if there is one.
///
/// A socket that is meant for another process does not count: otherwise a program below a
/// supervised one would speak for that.
pub(crate) fn connect(environment: Environment<'_>) -> Result<(), Error> {
    if SUPERVISOR.get().is_some() {
        return Ok(());
    }
    if !environment.has("NOTIFY_SOCKET") {
        return Ok(());
    }
    if let Some(address) = Parent::seen_by(&ThisProcess).notify_socket(environment) {
        let socket = NotifySocket::connect(&address)?;
        SUPERVISOR.get_or_init(|| socket);
    }
    Ok(())
}

/// Whether a supervisor listens.
pub(crate) fn is_connected() -> bool {
    SUPERVISOR.get().is_some()
}

/// Says what the program is doing.
///
/// The message becomes one line, see [`crate::status`]. A supervisor that is behind gets it only if it
/// has room for it.
pub(crate) fn status(message: &str) {
    if let Some(supervisor) = SUPERVISOR.get() {
        supervisor.try_send(&Message::new().text("STATUS", message));
    }
}

/// The longest time that can be asked for, almost 36 minutes. start-stop-daemon(8) reads the number
/// of microseconds as an `int`, and ends the start if it does not fit; systemd ignores the largest
/// `u64`, its "infinity".
const LONGEST_EXTENSION: Duration = Duration::from_micros(i32::MAX as u64);

/// Says how far the start is, and that it may take `timeout` more.
pub(crate) fn starting(status: &str, timeout: Option<Duration>) {
    HAS_STATUS_OF_START.store(true, Ordering::Relaxed);
    extend(status, timeout.unwrap_or(LONGEST_EXTENSION));
}

/// Says that this process is ready.
pub(crate) fn ready(status: &str) -> Result<(), Error> {
    send(with_last_status(Message::new().number("READY", 1), status))
        .map_err(|errno| Error::cannot("tell the supervisor that the program is ready", errno))
}

/// Says that the daemon started by this process is ready, and the process to watch from now on.
pub(crate) fn daemon_ready(daemon: Pid, status: &str) -> Result<(), Error> {
    let message = Message::new().number("MAINPID", daemon).number("READY", 1);
    send(with_last_status(message, status))
        .map_err(|errno| Error::cannot("tell the supervisor that the daemon is ready", errno))
}

/// Whether nobody is there to be told any more, by the error of an attempt to.
pub(crate) fn is_supervisor_gone(error: &Error) -> bool {
    use Errno::{ECONNREFUSED, ECONNRESET, ENOTCONN, EPIPE};
    [ECONNREFUSED, ECONNRESET, ENOTCONN, EPIPE].contains(&error.errno())
}

/// The status of the start is out of date now. If there was none, an empty status is not sent: it
/// would erase what the program has said with [`status`].
fn with_last_status(message: Message, status: &str) -> Message {
    let is_outdated = HAS_STATUS_OF_START.load(Ordering::Relaxed);
    if status.is_empty() && !is_outdated { message } else { message.text("STATUS", status) }
}

/// Says that the start has failed and that this process is about to exit. start-stop-daemon(8),
/// which is not its parent, knows it only by `ERRNO`, and without it waits until its timeout.
pub(crate) fn failed(failure: &Failure) {
    let message = Message::new().text("STATUS", &failure.message);
    let message = message.number("EXIT_STATUS", failure.exit_code);
    // It will see that the start fails all the same, only later.
    let _ = send(message.number("ERRNO", failure.errno as i32));
}

/// Says that the program will never be ready, whatever its exit status is going to be.
pub(crate) fn not_ready(why: &str) {
    let _ = send(Message::new().text("STATUS", why).number("ERRNO", Errno::ECANCELED as i32));
}

/// Says that the program has begun to end, and why. Returns whether the message was sent.
pub(crate) fn stopping(status: &str) -> bool {
    let message = Message::new().number("STOPPING", 1).text("STATUS", status);
    SUPERVISOR.get().is_some_and(|supervisor| supervisor.try_send(&message))
}

/// Says that the program has begun to reload; see sd_notify(3), "RELOADING=1". Only as long as there
/// is a permit for it, which is kept while it is said.
pub(crate) fn reloading<Permit>(permit: impl Fn() -> Option<Permit>) {
    let now = sys::clock::monotonic_microseconds();
    send_while(&Message::new().number("RELOADING", 1).number("MONOTONIC_USEC", now), permit);
}

/// Says that a reload is over, and what came of it: the protocol has no word for a refused one. With
/// a permit, as [`reloading`].
pub(crate) fn reloaded<Permit>(status: &str, permit: impl Fn() -> Option<Permit>) {
    send_while(&Message::new().number("READY", 1).text("STATUS", status), permit);
}

/// Says what the program is doing, and that it may take `more` time.
pub(crate) fn extend(status: &str, more: Duration) {
    let Some(supervisor) = SUPERVISOR.get() else { return };
    let more = more.min(LONGEST_EXTENSION).as_micros();
    supervisor.try_send(&Message::new().text("STATUS", status).number("EXTEND_TIMEOUT_USEC", more));
}

fn send(message: Message) -> Result<(), Errno> {
    SUPERVISOR.get().map_or(Ok(()), |supervisor| supervisor.send(&message))
}

fn send_while<Permit>(message: &Message, permit: impl Fn() -> Option<Permit>) {
    if let Some(supervisor) = SUPERVISOR.get() {
        let _ = supervisor.send_while(message, permit);
    }
}

/// Says that the program is alive. Returns whether the message was sent.
pub(crate) fn alive() -> bool {
    SUPERVISOR.get().is_some_and(|it| it.try_send(&Message::new().number("WATCHDOG", 1)))
}
