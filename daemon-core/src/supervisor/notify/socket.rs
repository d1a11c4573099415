//! The socket of a supervisor, which takes datagrams; see sd_notify(3).

use std::ffi::OsStr;
use std::io::ErrorKind::{Interrupted, WouldBlock};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::Path;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::message::Message;
use crate::error::{Error, ErrorKind, errno_of, words_of};
use crate::sys;
use crate::sys::fstat;
use crate::sys::inode::Inode;

/// How long we wait for a busy supervisor to take a message that must not be lost.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(super) struct NotifySocket {
    socket: UnixDatagram,
    file: Option<Inode>,
}

impl NotifySocket {
    /// `name` is a path, or `@` and the name of an abstract socket.
    pub(super) fn connect(name: &OsStr) -> Result<Self, Error> {
        let address = address(name)?;
        let connect = || {
            let socket = UnixDatagram::unbound()?;
            socket.connect_addr(&address)?;
            socket.set_nonblocking(true)?;
            let file = fstat(&socket).ok().map(|status| Inode::of(&status));
            Ok(NotifySocket { socket, file })
        };
        connect().map_err(|error| {
            let what = format!(
                "cannot reach the supervisor at {} (NOTIFY_SOCKET)",
                Path::new(name).display()
            );
            let errno = errno_of(error);
            Error::new(ErrorKind::System, what).because(errno).advise(match errno {
                Errno::EAFNOSUPPORT => "let it use Unix sockets (RestrictAddressFamilies=AF_UNIX)",
                _ => "unset NOTIFY_SOCKET if nobody waits there",
            })
        })
    }

    /// Sends it at once, or not at all. Returns whether it was sent.
    pub(super) fn try_send(&self, message: &Message) -> bool {
        self.send_now(message).is_ok()
    }

    /// The program may have closed it, and talk to somebody else with its number.
    fn send_now(&self, message: &Message) -> std::io::Result<usize> {
        let number = self.socket.as_raw_fd();
        if self.file.is_some_and(|file| !sys::descriptors::is_file(number, file)) {
            return Err(Errno::EBADF.into());
        }
        self.socket.send(message.as_bytes())
    }

    /// Sends a message that must not be lost, and waits for room if need be.
    pub(super) fn send(&self, message: &Message) -> Result<(), Errno> {
        self.send_while(message, || Some(()))
    }

    /// The same, but only as long as there is a permit for it, which is kept while it is sent, and
    /// not while it waits for room.
    pub(super) fn send_while<Permit>(
        &self,
        message: &Message,
        permit: impl Fn() -> Option<Permit>,
    ) -> Result<(), Errno> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let Some(permit) = permit() else { return Ok(()) };
            let sent = self.send_now(message);
            drop(permit);
            let Err(error) = sent else { return Ok(()) };
            match error.kind() {
                Interrupted => continue,
                WouldBlock => {}
                _ => return Err(errno_of(error)),
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Errno::EAGAIN);
            }
            // A signal may end this wait, and another program be quicker to take the room.
            let mut fds = [PollFd::new(self.socket.as_fd(), PollFlags::POLLOUT)];
            let _ = poll(&mut fds, PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX));
        }
    }
}

fn address(name: &OsStr) -> Result<SocketAddr, Error> {
    let refuse = |why: &str| {
        let what = format!("NOTIFY_SOCKET is {name:?}: {why}");
        Err(Error::new(ErrorKind::Config, what)
            .advise("set it to an absolute path or to `@` and the name of an abstract socket"))
    };
    let bytes = name.as_bytes();
    if bytes.starts_with(b"vsock") {
        return refuse("sockets to another machine (vsock) are not supported");
    }
    let address = match bytes {
        [b'/', ..] => SocketAddr::from_pathname(name),
        [b'@', name @ ..] if !name.is_empty() => sys::abstract_address(name),
        _ => return refuse("that is not an address"),
    };
    match address {
        Ok(address) => Ok(address),
        Err(error) => match error.raw_os_error() {
            Some(errno) => refuse(&words_of(Errno::from_raw(errno))),
            None => refuse("it is too long; see unix(7)"),
        },
    }
}

#[cfg(test)]
mod tests {
    use property::check;
    use property::proptest::collection::vec;
    use property::proptest::prelude::prop_oneof;

    use super::{OsStr, OsStrExt, address};

    #[test]
    fn any_bytes_are_an_address_or_refused_by_the_name_of_the_variable() {
        let names = || prop_oneof![vec(1_u8..=255, 1..300), vec(b'/'..=b'@', 1..120)];
        check(2000, names, |name| match address(OsStr::from_bytes(&name)) {
            Ok(address) => match address.as_pathname() {
                Some(path) => assert_eq!(path.as_os_str().as_bytes(), name),
                None => assert_eq!(name[0], b'@'),
            },
            Err(error) => {
                assert!(error.to_string().starts_with("NOTIFY_SOCKET is \""), "{error}");
                assert_eq!(error.exit_code(), 78);
            }
        });
    }

    #[test]
    fn what_cannot_be_an_address_is_refused_in_words() {
        let words = |name: &str| address(OsStr::new(name)).err().map(|error| error.to_string());
        assert_eq!(words("/run/notify"), None);
        for (wrong, words_for_it) in [
            ("vsock:2:1234", "vsock"),
            ("vsock-stream:2:1234", "vsock"),
            ("run/notify", "not an address"),
            ("@", "not an address"),
            (&*format!("/{}", "a".repeat(200)), "too long"),
            (&*format!("@{}", "a".repeat(200)), ""),
        ] {
            assert!(words(wrong).is_some_and(|words| words.contains(words_for_it)), "{wrong}");
        }
    }
}
