//! `echo_tokio` does what its first lines say: it sends back what it is sent, and ends gracefully.

use std::{
    net::TcpStream,
    time::{Duration, Instant},
};

use daemon_tests::{Sandbox, Signal, connect};

use crate::{
    installed::{By, Installed},
    servers::{
        ANY_PORT, address, expect_echo, expect_five_seconds_for_a_connection, run_with_client,
    },
};

daemon_tests::tests![
    by_a_plain_user_it_outlives_its_terminal_and_a_kill,
    by_root_it_outlives_its_terminal_and_a_kill,
    it_lets_a_connection_finish,
    it_waits_five_seconds_for_a_connection,
];

fn by_a_plain_user_it_outlives_its_terminal_and_a_kill() {
    outlives_its_terminal_and_a_kill(By::PlainUser);
}

fn by_root_it_outlives_its_terminal_and_a_kill() {
    outlives_its_terminal_and_a_kill(By::Root);
}

fn outlives_its_terminal_and_a_kill(by: By) {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "echo_tokio", by);
    let mut command = example.start().arg(ANY_PORT).terminal().spawn();
    let said = command.wait().expect_code(0).terminal;
    let first = example.daemon();
    let mut client = connect(address(&said, "echo_tokio: listening on "));
    expect_echo(&mut client, "at a terminal");
    assert_eq!(first.tty_nr(), 0, "it has left the terminal");
    command.hang_up();
    drop(command);
    expect_echo(&mut client, "and without it");
    example.expect_already_running(&first);
    expect_echo(&mut client, "not disturbed");

    first.signal(Signal::SIGKILL);
    first.wait_for_death();
    assert_eq!(sandbox.read(example.pidfile()), format!("{}\n", first.pid()), "a stale pidfile");
    let (second, said) = example.run_daemon([ANY_PORT]);
    assert_ne!(second.pid(), first.pid());
    expect_echo(&mut connect(address(&said, "echo_tokio: listening on ")), "back again");
    example.expect_already_running(&second);

    sandbox.end(&second, Signal::SIGTERM);
    assert!(!example.pidfile().exists(), "a daemon that ends takes its pidfile with it");
}

fn it_lets_a_connection_finish() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "echo_tokio", By::PlainUser);
    let (daemon, address, mut client) = run_with_client(&example);
    daemon.signal(Signal::SIGTERM);
    sandbox.wait_until("it takes no more connections", || TcpStream::connect(address).is_err());
    expect_echo(&mut client, "let me finish");
    let closed = Instant::now();
    drop(client);
    daemon.wait_for_death();
    assert!(closed.elapsed() < Duration::from_secs(3), "it waited {:?} longer", closed.elapsed());
}

fn it_waits_five_seconds_for_a_connection() {
    expect_five_seconds_for_a_connection("echo_tokio");
}
