//! `everywhere` does what its first lines say, as far as this system goes: it tells how it runs. As
//! the ordinary program that it is elsewhere, it is run here too.

use daemon_tests::{Sandbox, Signal, connect, listener, read_to_end};

use crate::{
    installed::{By, Installed},
    servers::{ANY_PORT, address, expect_used_port_is_said},
};

daemon_tests::tests![
    by_a_plain_user,
    by_root,
    as_elsewhere_it_is_an_ordinary_program,
    it_says_that_its_port_is_in_use,
];

fn by_a_plain_user() {
    tells_how_it_runs(By::PlainUser);
}

fn by_root() {
    tells_how_it_runs(By::Root);
}

fn tells_how_it_runs(by: By) {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "everywhere", by);
    let (daemon, said) = example.run_daemon([ANY_PORT]);
    let address = address(&said, "everywhere: listening on ");
    assert_eq!(read_to_end(connect(address)), "background: nothing supervises it\n");
    assert!(daemon.no_new_privs());
    example.expect_already_running(&daemon);
    sandbox.end(&daemon, Signal::SIGTERM);
}

/// Silent, so that its port has to be known beforehand.
fn as_elsewhere_it_is_an_ordinary_program() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "everywhere", By::PlainUser);
    let (reserved, address) = listener();
    drop(reserved);
    let start = example.start().arg(address.to_string()).env("DAEMON_MODE", "off");
    let command = start.terminal().spawn();
    sandbox.wait_until("it listens", || std::net::TcpStream::connect(address).is_ok());
    let said = read_to_end(connect(address));
    assert!(said.starts_with("off: "), "it says {said:?}");
    assert_eq!(sandbox.only_process().pid(), command.process().pid(), "it has not gone away");
    assert!(!example.pidfile().exists(), "there is no pidfile");
    command.signal(Signal::SIGTERM);
    assert_eq!(command.end(128 + Signal::SIGTERM as i32).terminal, "");
}

fn it_says_that_its_port_is_in_use() {
    expect_used_port_is_said("everywhere");
}
