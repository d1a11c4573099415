//! What a daemon that listens answers.

use std::{
    io::Read,
    net::{SocketAddr, TcpStream},
};

use crate::deadline;

/// Connects to this address, `127.0.0.1:4242`, and reads until the end.
///
/// # Panics
///
/// If nobody is there, or does not come to an end in time.
#[track_caller]
pub fn answer_at(address: &str) -> String {
    let address: SocketAddr = address.parse().expect("an address");
    let mut stream =
        TcpStream::connect_timeout(&address, deadline::DEFAULT).expect("somebody listens");
    stream.set_read_timeout(Some(deadline::DEFAULT)).expect("a timeout");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer that ends");
    answer
}
