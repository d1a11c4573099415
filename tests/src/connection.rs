//! Connections to a daemon that listens, each with a deadline.

use std::{
    io::Read,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
};

use crate::deadline;

/// Connects to this address. To read or to write fails if that takes too long.
///
/// # Panics
///
/// If nobody is there.
#[track_caller]
pub fn connect(address: impl Into<SocketAddr>) -> TcpStream {
    let stream = TcpStream::connect_timeout(&address.into(), deadline::DEFAULT);
    let stream = stream.expect("somebody listens");
    stream.set_read_timeout(Some(deadline::DEFAULT)).expect("a timeout");
    stream.set_write_timeout(Some(deadline::DEFAULT)).expect("a timeout");
    stream
}

/// Connects to this address, and reads until the end.
///
/// # Panics
///
/// If nobody is there, or does not come to an end in time.
#[track_caller]
pub fn answer_at(address: SocketAddr) -> String {
    read_to_end(connect(address))
}

/// All that is left to read.
///
/// # Panics
///
/// If it does not come to an end in time.
#[track_caller]
pub fn read_to_end(mut stream: impl Read) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer that ends");
    answer
}

/// A socket that listens on the loopback address, and its address.
#[track_caller]
pub fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a socket that listens");
    let address = listener.local_addr().expect("its address");
    (listener, address)
}

/// The two ends of a connection: a client's and a server's.
#[track_caller]
pub fn tcp_connection() -> (TcpStream, TcpStream) {
    let (listener, address) = listener();
    let client = connect(address);
    let (server, _) = listener.accept().expect("the connection");
    (client, server)
}
