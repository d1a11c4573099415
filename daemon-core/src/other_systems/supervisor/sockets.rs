//! The sockets that a supervisor has opened for the program: none.

use std::convert::Infallible;
use std::io;
use std::net::{TcpListener, TcpStream, UdpSocket};

/// The sockets that were passed to this process: none on this system, which is not Unix.
pub fn sockets() -> Sockets {
    Sockets(())
}

/// The sockets that were passed to this process; see [`sockets()`].
#[derive(Debug)]
pub struct Sockets(());

impl Sockets {
    /// Takes the first socket of this name: there is none.
    pub fn named(&mut self, _: &str) -> Option<Socket> {
        None
    }
}

impl Iterator for Sockets {
    type Item = Socket;

    fn next(&mut self) -> Option<Socket> {
        None
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(0))
    }
}

impl ExactSizeIterator for Sockets {}

/// A socket that was passed to this process. There is none on this system, which is not Unix.
#[derive(Debug)]
pub struct Socket(Infallible);

impl Socket {
    /// The name under which it was passed.
    pub fn name(&self) -> &str {
        match self.0 {}
    }

    /// A listening stream socket over IPv4 or IPv6.
    ///
    /// # Errors
    ///
    /// None.
    pub fn into_tcp_listener(self) -> io::Result<TcpListener> {
        match self.0 {}
    }

    /// A connected stream socket over IPv4 or IPv6.
    ///
    /// # Errors
    ///
    /// None.
    pub fn into_tcp_stream(self) -> io::Result<TcpStream> {
        match self.0 {}
    }

    /// A datagram socket over IPv4 or IPv6.
    ///
    /// # Errors
    ///
    /// None.
    pub fn into_udp_socket(self) -> io::Result<UdpSocket> {
        match self.0 {}
    }
}
