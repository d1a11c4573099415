//! The connection to the journal, made anew when journald was stopped and runs again.

use std::os::fd::AsFd;

use crate::files::stdio::Stream;
use crate::supervisor::journal;

/// Connects again if the journal has ended our connection. Until then whatever is written to it is
/// lost, and the writer gets `EPIPE`.
pub(super) fn reconnect_if_ended(name: &str) {
    let Some(own) = journal::own() else { return };
    let ours = |stream: &Stream| stream.goes_to(own);
    let streams: Vec<_> = [Stream::Output, Stream::Error].into_iter().filter(ours).collect();
    let has_ended = match streams.first() {
        Some(Stream::Output) => journal::has_hung_up(std::io::stdout().as_fd()),
        Some(Stream::Error) => journal::has_hung_up(std::io::stderr().as_fd()),
        None => false,
    };
    if !has_ended {
        return;
    }
    // If there is no journal yet, it is tried again later.
    let Ok(connection) = journal::connect(name) else { return };
    for stream in streams {
        let _ = stream.redirect(connection.as_fd());
    }
}
