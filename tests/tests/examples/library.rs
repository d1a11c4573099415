//! `library` does what its first lines say: a function of another module starts the daemon.

use daemon_tests::{Sandbox, Signal, connect, read_to_end};

use crate::{
    installed::{By, Installed},
    servers::{ANY_PORT, address, run_on_a_used_port},
};

daemon_tests::tests![
    by_a_plain_user,
    by_root,
    it_says_that_its_port_is_in_use,
    it_says_what_it_wants_to_know,
];

fn by_a_plain_user() {
    serves(By::PlainUser);
}

fn by_root() {
    serves(By::Root);
}

fn serves(by: By) {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "library", by);
    let (daemon, said) = example.run_daemon(["tea", ANY_PORT]);
    let address = address(&said, "library: \"tea\" is served on ");
    assert_eq!(read_to_end(connect(address)), "tea\n");
    example.expect_already_running(&daemon);
    assert_eq!(read_to_end(connect(address)), "tea\n");
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn it_says_that_its_port_is_in_use() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "library", By::PlainUser);
    let refused =
        run_on_a_used_port(&sandbox, |address| example.run(["tea", &address.to_string()]));
    let terminal = refused.expect_code(1).terminal;
    assert!(terminal.contains("Address already in use"), "the terminal shows {terminal:?}");
    assert!(!example.pidfile().exists(), "there is no pidfile");
}

fn it_says_what_it_wants_to_know() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "library", By::PlainUser);
    let refused = example.run([]).expect_code(2);
    assert_eq!(refused.terminal, "usage: library WORD [ADDRESS]\n");
    sandbox.assert_nothing_left();
}
