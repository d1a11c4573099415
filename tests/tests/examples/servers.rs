//! What the examples that are servers have in common.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
};

use daemon_tests::{Finished, Sandbox, listener};

use crate::said::between;

/// A port of the system's choice, which the example then says at the terminal.
pub(crate) const ANY_PORT: &str = "127.0.0.1:0";

/// What the example is told of a port that somebody else listens on, and that it leaves nothing.
#[track_caller]
pub(crate) fn run_on_a_used_port(
    sandbox: &Sandbox,
    run: impl FnOnce(SocketAddr) -> Finished,
) -> Finished {
    let (_somebody_else, address) = listener();
    let finished = run(address);
    sandbox.assert_nothing_left();
    finished
}

/// The address that is all that a terminal got, after these words.
#[track_caller]
pub(crate) fn address(said: &str, words: &str) -> SocketAddr {
    let address = between(said, words, "\n");
    address.parse().unwrap_or_else(|error| panic!("{address:?} is no address: {error}"))
}

#[track_caller]
pub(crate) fn expect_echo(client: &mut TcpStream, text: &str) {
    client.write_all(text.as_bytes()).expect("somebody who listens");
    let mut heard = vec![0; text.len()];
    client.read_exact(&mut heard).expect("an echo");
    assert_eq!(String::from_utf8_lossy(&heard), text);
}
