//! What the examples that are servers have in common.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Instant,
};

use daemon_tests::{Finished, Process, Sandbox, Signal, connect, listener};

use crate::{
    installed::{By, Installed},
    said::between,
};

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

/// The example `name`, which takes an address, says that somebody else listens there.
#[track_caller]
pub(crate) fn expect_used_port_is_said(name: &'static str) {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, name, By::PlainUser);
    let refused = run_on_a_used_port(&sandbox, |address| example.run([&address.to_string()]));
    let terminal = refused.expect_code(1).terminal;
    assert!(terminal.contains("Address already in use"), "the terminal shows {terminal:?}");
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

/// The example, with a client that it has answered.
#[track_caller]
pub(crate) fn run_with_client(example: &Installed<'_>) -> (Process, SocketAddr, TcpStream) {
    let (daemon, said) = example.run_daemon([ANY_PORT]);
    let address = address(&said, &format!("{}: listening on ", example.name()));
    let mut client = connect(address);
    expect_echo(&mut client, "hello");
    (daemon, address, client)
}

/// The example `name` does not wait for ever for a client who stays, and then says for whom it did.
#[track_caller]
pub(crate) fn expect_five_seconds_for_a_connection(name: &'static str) {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, name, By::PlainUser);
    let (daemon, _, client) = run_with_client(&example);
    let told = Instant::now();
    daemon.signal(Signal::SIGTERM);
    daemon.wait_for_death();
    let waited = told.elapsed();
    assert!((5..10).contains(&waited.as_secs()), "it waited {waited:?}");
    let client = client.local_addr().expect("the address of the client");
    let said = format!("did not stop within 5 s: 1 left: {client}\n");
    assert!(example.logged().ends_with(&said), "the log is {:?}", example.logged());
    assert!(!example.pidfile().exists(), "its pidfile is removed all the same");
}
