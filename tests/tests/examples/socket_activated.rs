//! `socket_activated` does what its first lines say where nothing supervises it; under supervisors it
//! is in `deploy`.

use std::{
    io::Write,
    net::SocketAddr,
    time::{Duration, Instant},
};

use daemon_tests::{CTRL_C, Sandbox, Signal, connect, read_to_end};

use crate::{
    installed::{By, Installed},
    said::{between, expect_beginning},
    servers::{ANY_PORT, expect_used_port_is_said},
};

daemon_tests::tests![
    by_a_plain_user,
    by_root,
    it_stays_in_the_foreground_when_told,
    it_waits_five_seconds_for_a_client,
    it_refuses_what_is_no_address,
    it_says_that_its_port_is_in_use,
];

fn by_a_plain_user() {
    answers(By::PlainUser);
}

fn by_root() {
    answers(By::Root);
}

fn answers(by: By) {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "socket_activated", by);
    let (daemon, said) = example.run_daemon([ANY_PORT]);
    let address = address_of_socket_activated(&said);
    let hello = format!("hello from process {}\n", daemon.pid());
    for (path, status, page) in [
        ("/", "200 OK", &*hello),
        ("/healthz", "200 OK", "well\n"),
        ("/healthz/", "404 Not Found", "only / and /healthz are here\n"),
    ] {
        let mut client = connect(address);
        write!(client, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let answer = read_to_end(client);
        expect_beginning(&answer, &format!("HTTP/1.1 {status}\r\n"));
        assert!(answer.ends_with(&format!("\r\n\r\n{page}")), "{answer}");
        let length = format!("\r\nContent-Length: {}\r\n", page.len());
        assert!(answer.contains(&length), "{answer}");
    }
    example.expect_already_running(&daemon);
    sandbox.end(&daemon, Signal::SIGTERM);
    assert!(!example.pidfile().exists(), "it ended in order");
}

fn it_stays_in_the_foreground_when_told() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "socket_activated", By::PlainUser);
    let start = example.start().arg(ANY_PORT).env("DAEMON_MODE", "foreground").terminal();
    let mut command = start.spawn();
    command.wait_for_text(" (foreground: DAEMON_MODE says so)\n");
    assert!(!example.pidfile().exists(), "there is one in the background only");
    command.type_text(CTRL_C);
    assert_eq!(command.wait().code(), 0);
    sandbox.assert_nothing_left();
}

fn it_waits_five_seconds_for_a_client() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "socket_activated", By::PlainUser);
    let (daemon, said) = example.run_daemon([ANY_PORT]);
    let address = address_of_socket_activated(&said);
    let _silent = connect(address);
    let started = Instant::now();
    // Once this one is answered, the one before has been accepted.
    let mut client = connect(address);
    client.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    read_to_end(client);
    daemon.signal(Signal::SIGTERM);
    daemon.wait_for_death();
    let in_time = Duration::from_millis(4500)..Duration::from_secs(9);
    assert!(in_time.contains(&started.elapsed()), "it ended after {:?}", started.elapsed());
}

fn it_refuses_what_is_no_address() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "socket_activated", By::PlainUser);
    for mistake in ["8081", "localhost:8081", "--help"] {
        let refused = example.run([mistake]).expect_code(78);
        let message =
            format!("socket_activated: {mistake:?} is not an address such as 127.0.0.1:8081\n");
        assert_eq!(refused.terminal, message);
    }
    sandbox.assert_nothing_left();
}

fn it_says_that_its_port_is_in_use() {
    expect_used_port_is_said("socket_activated");
}

#[track_caller]
fn address_of_socket_activated(said: &str) -> SocketAddr {
    let why = " (background: nothing supervises it)\n";
    between(said, "socket_activated: http://", why).parse().expect("an address")
}
