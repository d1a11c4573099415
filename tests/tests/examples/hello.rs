//! `hello` does what its first lines say: it says hello again and again.

use daemon_tests::{Sandbox, Signal};

use crate::installed::{By, Installed};

daemon_tests::tests![by_a_plain_user, by_root];

fn by_a_plain_user() {
    greets(By::PlainUser);
}

fn by_root() {
    greets(By::Root);
}

fn greets(by: By) {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "hello", by);
    let (daemon, said) = example.run_daemon([]);
    assert_eq!(said, "");
    let greeting = format!("hello from process {}\n", daemon.pid());
    sandbox.wait_until("it says hello, and again", || {
        example.logged().starts_with(&greeting.repeat(2))
    });
    example.expect_already_running(&daemon);
    sandbox.end(&daemon, Signal::SIGTERM);
}
