//! The sockets that a supervisor has opened for the program: socket activation; see
//! sd_listen_fds(3).

use std::ffi::OsString;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::{fmt, io};

use crate::error::{Error, ErrorKind};
use crate::process::descriptors::{self, OpenDescriptors};
use crate::supervisor::environment::{Addressee, Environment};
use crate::sys;

/// The first descriptor, `SD_LISTEN_FDS_START`.
const FIRST: RawFd = 3;

/// The name of a socket that has none; see sd_listen_fds_with_names(3).
const NAMELESS: &str = "unknown";

/// The sockets that nobody has asked for yet.
static SOCKETS: Mutex<Vec<Socket>> = Mutex::new(Vec::new());

/// Whether they could be taken, once that was tried: by the next time the sockets are ours.
static CAPTURED: OnceLock<Result<(), Error>> = OnceLock::new();

/// The sockets that were passed to this process: those of a systemd socket unit, for example.
///
/// Iterate over them in the order in which they were passed, or ask for one by name; each is given
/// out once. They are there from the entry of `#[daemon::main]` on, also in `configure` and
/// `privileged`; without the macro, from the launch on. They work in the background as in the
/// foreground; programs that the daemon executes do not get them.
///
/// If none were passed, the program opens its own. A passed socket blocks, like those that the
/// standard library opens: call `set_nonblocking(true)` before tokio's `from_std`.
///
/// ```no_run
/// use std::io;
/// use std::net::TcpListener;
///
/// #[daemon::main]
/// fn main(ready: daemon::Ready) -> io::Result<()> {
///     let listener = match daemon::sockets().named("http") {
///         Some(socket) => socket.into_tcp_listener()?,
///         None => TcpListener::bind("127.0.0.1:8080")?,
///     };
///     ready.notify();
///     // …
/// #   drop(listener);
///     Ok(())
/// }
/// ```
pub fn sockets() -> Sockets {
    Sockets(())
}

/// The names of the sockets that nobody has asked for.
pub(crate) fn left() -> Vec<String> {
    passed().iter().map(|socket| socket.name.clone()).collect()
}

fn passed() -> MutexGuard<'static, Vec<Socket>> {
    SOCKETS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the sockets that were passed to this process, if any.
///
/// This has to come before the first fork: `LISTEN_PID` names the command, not the daemon.
///
/// Where they were not seen to be inherited, they may have an owner in the program, and are shared.
pub(crate) fn capture(
    environment: Environment<'_>,
    inherited: &io::Result<OpenDescriptors>,
) -> Result<(), Error> {
    CAPTURED.get_or_init(|| take_all(environment, inherited)).clone()
}

fn take_all(
    environment: Environment<'_>,
    inherited: &io::Result<OpenDescriptors>,
) -> Result<(), Error> {
    if environment.addressee("LISTEN_PID") != Addressee::ThisProcess {
        return Ok(());
    }
    let Some(count) = environment.get("LISTEN_FDS") else { return Ok(()) };
    let sockets = names(&count, environment.get("LISTEN_FDNAMES"))?
        .into_iter()
        .zip(FIRST..)
        .map(|(name, number)| Socket::take(name, number, inherited))
        .collect::<Result<Vec<_>, _>>()?;
    passed().extend(sockets);
    Ok(())
}

/// The name of each socket.
pub(super) fn names(count: &OsString, listed: Option<OsString>) -> Result<Vec<String>, Error> {
    let refuse = |variable: &str, value: &OsString, why: &str| {
        Error::new(ErrorKind::Config, format!("{variable} is {value:?}: {why}"))
            .advise("whoever passes sockets sets it; see sd_listen_fds(3)")
    };
    let number = count.to_str().and_then(|count| count.parse::<u16>().ok());
    let number =
        number.ok_or_else(|| refuse("LISTEN_FDS", count, "that is not a number of sockets"))?;
    let Some(names) = listed else { return Ok(vec![NAMELESS.to_owned(); number.into()]) };
    let list: Vec<String> = names.to_string_lossy().split(':').map(str::to_owned).collect();
    if list.len() != usize::from(number) {
        let why = format!("that names {}, and {number} were passed", list.len());
        return Err(refuse("LISTEN_FDNAMES", &names, &why));
    }
    Ok(list)
}

/// The sockets that were passed to this process and have not been taken yet, in the order in which
/// they were passed; see [`sockets()`]. Dropping this closes nothing.
pub struct Sockets(());

impl Sockets {
    /// Takes the first socket of this name: `FileDescriptorName=` in systemd.socket(5), by default
    /// the name of the socket unit.
    pub fn named(&mut self, name: &str) -> Option<Socket> {
        let mut passed = passed();
        let index = passed.iter().position(|socket| socket.name == name)?;
        Some(passed.remove(index))
    }
}

impl Iterator for Sockets {
    type Item = Socket;

    fn next(&mut self) -> Option<Socket> {
        let mut passed = passed();
        (!passed.is_empty()).then(|| passed.remove(0))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = passed().len();
        (left, Some(left))
    }
}

impl ExactSizeIterator for Sockets {}

impl fmt::Debug for Sockets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sockets").field(&*passed()).finish()
    }
}

/// A descriptor that was passed to this process, usually a socket; see [`sockets()`].
///
/// Each `into_…` method checks what it is and makes it a type of the standard library; an error
/// names the descriptor and says what it is. A FIFO or a device, which systemd can pass as well,
/// can be made an [`OwnedFd`].
#[derive(Debug)]
pub struct Socket {
    fd: OwnedFd,
    /// The number under which it was passed.
    number: RawFd,
    name: String,
}

impl Socket {
    fn take(
        name: String,
        number: RawFd,
        inherited: &io::Result<OpenDescriptors>,
    ) -> Result<Self, Error> {
        let fd = descriptors::take(number, inherited).map_err(|errno| {
            let what = format!("descriptor {number} (`{name}`), which LISTEN_FDS counts");
            Error::new(ErrorKind::Config, format!("cannot take {what}"))
                .because(errno)
                .advise("whoever passes sockets opens all of them, from 3 on; see sd_listen_fds(3)")
        })?;
        Ok(Socket { fd, number, name })
    }

    /// The name under which it was passed; `unknown` if it had none.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A listening stream socket over IPv4 or IPv6.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if it is something else.
    pub fn into_tcp_listener(self) -> io::Result<TcpListener> {
        self.checked(INTERNET, Use::Listening).map(TcpListener::from)
    }

    /// A connected stream socket over IPv4 or IPv6, from a unit with `Accept=yes`.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if it is something else.
    pub fn into_tcp_stream(self) -> io::Result<TcpStream> {
        self.checked(INTERNET, Use::Stream).map(TcpStream::from)
    }

    /// A datagram socket over IPv4 or IPv6.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if it is something else.
    pub fn into_udp_socket(self) -> io::Result<UdpSocket> {
        self.checked(INTERNET, Use::Datagrams).map(UdpSocket::from)
    }

    /// A listening stream socket of the Unix domain.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if it is something else.
    pub fn into_unix_listener(self) -> io::Result<UnixListener> {
        self.checked(UNIX, Use::Listening).map(UnixListener::from)
    }

    /// A connected stream socket of the Unix domain, from a unit with `Accept=yes`.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if it is something else.
    pub fn into_unix_stream(self) -> io::Result<UnixStream> {
        self.checked(UNIX, Use::Stream).map(UnixStream::from)
    }

    /// A datagram socket of the Unix domain.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if it is something else.
    pub fn into_unix_datagram(self) -> io::Result<UnixDatagram> {
        self.checked(UNIX, Use::Datagrams).map(UnixDatagram::from)
    }

    fn checked(self, families: &[libc::c_int], wanted: Use) -> io::Result<OwnedFd> {
        let found = Kind::of(self.fd.as_fd());
        let fits = |kind: &Kind| families.contains(&kind.family) && kind.usage == Some(wanted);
        if found.as_ref().is_some_and(fits) {
            return Ok(self.fd);
        }
        let found =
            found.map_or("something other than a socket".to_owned(), |kind| kind.to_string());
        let wanted = Kind { family: families[0], usage: Some(wanted) };
        let Socket { number, name, .. } = &self;
        let text =
            format!("descriptor {number} (`{name}`), which was passed, is {found}, not {wanted}");
        Err(io::Error::new(io::ErrorKind::InvalidInput, text))
    }
}

impl From<Socket> for OwnedFd {
    fn from(socket: Socket) -> Self {
        socket.fd
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

const INTERNET: &[libc::c_int] = &[libc::AF_INET, libc::AF_INET6];
const UNIX: &[libc::c_int] = &[libc::AF_UNIX];

/// The uses of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Listening,
    Stream,
    Datagrams,
}

/// The sort of a socket.
struct Kind {
    family: libc::c_int,
    /// `None` for types that the standard library does not have.
    usage: Option<Use>,
}

impl Kind {
    fn of(fd: BorrowedFd<'_>) -> Option<Self> {
        let family = sys::sockets::address(fd).ok()?.family;
        let listens =
            sys::sockets::option(fd, libc::SO_ACCEPTCONN).is_ok_and(|listens| listens != 0);
        let usage = match sys::sockets::option(fd, libc::SO_TYPE).ok()? {
            libc::SOCK_STREAM if listens => Some(Use::Listening),
            libc::SOCK_STREAM => Some(Use::Stream),
            libc::SOCK_DGRAM => Some(Use::Datagrams),
            _ => None,
        };
        Some(Kind { family, usage })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match (self.family, self.usage) {
            (libc::AF_INET | libc::AF_INET6, Some(Use::Listening)) => "a listening TCP socket",
            (libc::AF_INET | libc::AF_INET6, Some(Use::Stream)) => {
                "a TCP socket that does not listen"
            }
            (libc::AF_INET | libc::AF_INET6, Some(Use::Datagrams)) => "a UDP socket",
            (libc::AF_UNIX, Some(Use::Listening)) => "a listening Unix stream socket",
            (libc::AF_UNIX, Some(Use::Stream)) => "a Unix stream socket that does not listen",
            (libc::AF_UNIX, Some(Use::Datagrams)) => "a Unix datagram socket",
            (libc::AF_UNIX, None) => "a Unix socket of another type",
            (family, _) => return write!(f, "a socket of address family {family}"),
        };
        f.write_str(what)
    }
}
