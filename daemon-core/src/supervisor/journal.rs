//! The journal of systemd: the stream that standard output or error of a unit is.
//!
//! The protocol is journald's own, and as old as it: sd_journal_stream_fd(3) speaks it.

use std::io::{ErrorKind::NotFound, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::stat::FileStat;
use nix::unistd::getpid;

use crate::error::{Error, ErrorKind, errno_of};
use crate::supervisor::environment::Environment;
use crate::sys::fstat;
use crate::sys::inode::{AtomicInode, Inode};

/// Where journald listens; see systemd-journald.service(8).
const SOCKET: &str = "/run/systemd/journal/stdout";

/// The priority of a line that does not begin with one: that of `LOG_INFO`, as for units.
const INFO: u8 = 6;

/// Our own connection, of which there is one: standard output and error share it.
///
/// Without a lock, which would stay locked in a child that is forked meanwhile.
static OWN: AtomicInode = AtomicInode::none();

/// Our own connection.
pub(crate) fn own() -> Option<Inode> {
    OWN.get()
}

/// Connects to the journal, as the program of this name.
pub(crate) fn connect(name: &str) -> Result<OwnedFd, Error> {
    let cannot = |error: std::io::Error| {
        let advice = match error.kind() {
            NotFound => "journald does not run here: let it go to a file",
            _ => "let it go to a file",
        };
        let what = format!("cannot reach the journal at {SOCKET}");
        Error::new(ErrorKind::System, what).because(errno_of(error)).advise(advice)
    };
    let mut socket = UnixStream::connect(SOCKET).map_err(cannot)?;
    // The identifier, the unit (the journal finds it by itself), the priority, whether lines may
    // begin with their own, and whether they go to syslog, to the kernel and to the console too.
    let header = format!("{name}\n\n{INFO}\n1\n0\n0\n0\n");
    socket.write_all(header.as_bytes()).map_err(cannot)?;
    // It is for writing alone, so that whoever looks for input sees an end.
    socket.shutdown(Shutdown::Read).map_err(cannot)?;
    let socket = OwnedFd::from(socket);
    if let Ok(status) = fstat(&socket) {
        OWN.set(Inode::of(&status));
    }
    Ok(socket)
}

/// Whether the journal has ended this connection. It survives a restart of journald, which hands its
/// connections on, but not a stop.
pub(crate) fn has_hung_up(connection: impl AsFd) -> bool {
    let mut fds = [PollFd::new(connection.as_fd(), PollFlags::empty())];
    let ended = PollFlags::POLLHUP | PollFlags::POLLERR;
    poll(&mut fds, PollTimeout::ZERO).is_ok_and(|ready| ready > 0)
        && fds[0].revents().is_some_and(|events| events.intersects(ended))
}

/// Whether this is a stream to the journal: one of ours, or the one that systemd has given the
/// program; see `JOURNAL_STREAM` in systemd.exec(5).
pub(crate) fn is_connected_to(status: &FileStat) -> bool {
    own() == Some(Inode::of(status)) || is_named(status)
}

fn is_named(status: &FileStat) -> bool {
    let Some(named) = Environment::of_this_process(getpid()).get("JOURNAL_STREAM") else {
        return false;
    };
    named.to_str() == Some(&format!("{}:{}", status.st_dev, status.st_ino))
}
