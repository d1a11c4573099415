//! `echo_tcp` does what its first lines say: it sends back what it is sent.

use std::net::TcpStream;

use daemon_tests::{Sandbox, Signal, connect};

use crate::{
    installed::{By, Installed},
    servers::{
        ANY_PORT, address, expect_echo, expect_five_seconds_for_a_connection,
        expect_used_port_is_said, run_with_client,
    },
};

daemon_tests::tests![
    by_a_plain_user,
    by_root,
    it_lets_a_connection_finish,
    it_waits_five_seconds_for_a_connection,
    it_says_that_its_port_is_in_use,
];

fn by_a_plain_user() {
    echoes(By::PlainUser);
}

fn by_root() {
    echoes(By::Root);
}

fn echoes(by: By) {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "echo_tcp", by);
    let (daemon, said) = example.run_daemon([ANY_PORT]);
    let address = address(&said, "echo_tcp: listening on ");
    let mut clients = [address; 3].map(connect);
    for client in &mut clients {
        expect_echo(client, "what I say");
    }
    for client in &mut clients {
        expect_echo(client, "and again");
    }
    example.expect_already_running(&daemon);
    expect_echo(&mut clients[0], "not disturbed");
    drop(clients);
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn it_lets_a_connection_finish() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "echo_tcp", By::PlainUser);
    let (daemon, address, mut client) = run_with_client(&example);
    daemon.signal(Signal::SIGTERM);
    sandbox.wait_until("it takes no more connections", || TcpStream::connect(address).is_err());
    expect_echo(&mut client, "let me finish");
    drop(client);
    daemon.wait_for_death();
    assert_eq!(example.logged(), "", "it ended in order");
}

fn it_waits_five_seconds_for_a_connection() {
    expect_five_seconds_for_a_connection("echo_tcp");
}

fn it_says_that_its_port_is_in_use() {
    expect_used_port_is_said("echo_tcp");
}
