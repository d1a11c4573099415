//! `from_daemonize` does what `from_daemonize_before` did with another crate, and says more. Both
//! are shown in docs/from-daemonize.md as they are.

use std::{fs, path::Path};

use daemon_tests::{Ids, NOBODY, Sandbox, Signal, connect, listener, read_to_end};

use crate::{
    installed::{By, Installed},
    servers::{ANY_PORT, address, run_on_a_used_port},
};

daemon_tests::tests![
    the_old_one_serves_and_never_says_no,
    the_new_one_serves_and_says_no,
    the_page_shows_both,
];

fn the_old_one_serves_and_never_says_no() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "from_daemonize_before", By::Root);
    let refused = run_on_a_used_port(&sandbox, |address| example.run([&address.to_string()]));
    refused.expect_code(0);

    let (reserved, address) = listener();
    drop(reserved);
    // Its command returns before the number is in the file.
    example.run([&address.to_string()]).expect_code(0);
    sandbox.wait_until("it listens", || std::net::TcpStream::connect(address).is_ok());
    assert_eq!(read_to_end(connect(address)), "hello\n");
    let daemon = sandbox.only_process();
    assert_eq!(daemon.users(), Ids::all(NOBODY));
    example.run([ANY_PORT]).expect_code(0);
    // Its command returned before it has found the lock taken.
    sandbox.wait_until("the second one has ended", || sandbox.processes().len() == 1);
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn the_new_one_serves_and_says_no() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "from_daemonize", By::Root);
    let refused = run_on_a_used_port(&sandbox, |address| example.run([&address.to_string()]));
    let terminal = refused.expect_code(71).terminal;
    assert!(terminal.contains("Address already in use"), "the terminal shows {terminal:?}");

    let (daemon, said) = example.run_daemon([ANY_PORT]);
    let address = address(&said, "from_daemonize: listening on ");
    assert_eq!(read_to_end(connect(address)), "hello\n");
    assert_eq!(daemon.users(), Ids::all(NOBODY));
    example.expect_already_running(&daemon);
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn the_page_shows_both() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join("docs/from-daemonize.md")).expect("the page");
    for name in ["from_daemonize_before", "from_daemonize"] {
        let source = fs::read_to_string(root.join(format!("examples/{name}.rs"))).expect(name);
        let (_, program) = source.split_once("\n\n").expect("first lines, and a program");
        let shown = page.contains(&format!("\n```rust,no_run\n{program}```\n"));
        assert!(shown, "docs/from-daemonize.md does not show examples/{name}.rs as it is");
    }
}
