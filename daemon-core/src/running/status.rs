//! What the program is doing, as it says itself.

use std::fmt::Display;

use crate::running::said;
use crate::supervisor::notify;

/// Says what the program is doing, at any time after the launch: to the supervisor, of which
/// systemctl(1) shows it as `Status:`, and with [`control`](crate::Config::control) to the verb
/// `status`.
///
/// The message becomes one line: it is cut after about 2 KiB for the supervisor and 500 bytes for
/// the verb, and control characters are escaped. If nobody listens, nothing happens. It never waits:
/// a supervisor that is behind gets only the messages that it has room for.
///
/// ```no_run
/// let clients = 17;
/// daemon::status(format_args!("serving {clients} clients"));
/// ```
pub fn status(message: impl Display) {
    let message = message.to_string();
    said::status(&message);
    notify::status(&message);
}
