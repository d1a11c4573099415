//! What the README says of other crates.

use daemon_tests::Sandbox;

daemon_tests::wing![self];

daemon_tests::tests![
    daemonize_exits_with_0_although_the_lock_is_taken,
    fork_starts_a_second_daemon,
    ours_refuses
];

fn daemonize_exits_with_0_although_the_lock_is_taken() {
    let sandbox = Sandbox::new();
    let start = || sandbox.start(env!("CARGO_BIN_EXE_daemonize_crate")).arg(sandbox.join("x.pid"));
    start().run().expect_code(0);
    let first = sandbox.process_in("x.pid");
    start().run().expect_code(0);
    sandbox.wait_until("the second daemon is gone", || sandbox.processes().len() == 1);
    assert!(first.is_alive());
}

fn fork_starts_a_second_daemon() {
    let sandbox = Sandbox::new();
    let start = || sandbox.start(env!("CARGO_BIN_EXE_fork_crate")).arg(sandbox.join("x.pid"));
    start().run().expect_code(0);
    start().run().expect_code(0);
    sandbox.wait_until("two daemons run", || sandbox.processes().len() == 2);
}

fn ours_refuses() {
    let sandbox = Sandbox::new();
    let start = || sandbox.start(env!("CARGO_BIN_EXE_ours")).arg(sandbox.join("x.pid"));
    start().run().expect_code(0);
    let first = sandbox.process_in("x.pid");
    let second = start().run().expect_code(75);
    assert!(second.stderr.contains(&format!("already running: pid {}", first.pid())));
    assert_eq!(sandbox.processes().len(), 1);
}
