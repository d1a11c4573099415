//! What the daemon of a failed start has started goes with it, before the command returns. It belongs to
//! the promise of `exit_status`.

use std::net::{Ipv4Addr, TcpListener};

use daemon_tests::{CTRL_C, PIDFILE, Sandbox, Signal, in_both_ways};

daemon_tests::tests![
    after_an_exit,
    after_a_panic,
    after_an_end_by_a_signal,
    after_a_dropped_ready,
    after_the_timeout,
    after_ctrl_c,
    a_worker_that_ignores_sigterm_is_killed,
    a_port_is_free_again,
    a_helper_that_began_a_session_stays,
    of_a_daemon_that_is_ready_nothing_goes,
];

/// A program, a worker, and a program that is stopped.
const STARTED: [&str; 4] =
    ["command:sleep 1000", "child-that-lives-on", "command:sleep 1001", "stop-command"];

/// At once, because the command returns after all of it.
#[track_caller]
fn assert_nothing_left(sandbox: &Sandbox) {
    assert!(sandbox.processes().is_empty(), "{:?}", sandbox.processes());
    assert!(!sandbox.join(PIDFILE).exists());
}

/// A daemon that has started all that, and then ends so.
#[track_caller]
fn assert_nothing_left_after(end: &[&str], code: i32) {
    in_both_ways(&[&STARTED, end].concat(), |sandbox, start, _| {
        let finished = start.run();
        assert_nothing_left(sandbox);
        finished.expect_code(code);
    });
}

fn after_an_exit() {
    assert_nothing_left_after(&["exit:3"], 3);
}

fn after_a_panic() {
    assert_nothing_left_after(&["panic:no port is left"], 101);
}

fn after_an_end_by_a_signal() {
    assert_nothing_left_after(&["signal:9"], 128 + Signal::SIGKILL as i32);
}

fn after_a_dropped_ready() {
    assert_nothing_left_after(&["drop"], 70);
}

fn after_the_timeout() {
    assert_nothing_left_after(&["start_timeout=0.5"], 124);
}

fn after_ctrl_c() {
    let steps = [&STARTED[..], &["status:warming up"]].concat();
    in_both_ways(&steps, |sandbox, start, _| {
        let mut command = start.terminal().spawn();
        command.wait_for_text("warming up");
        command.type_text(CTRL_C);
        let finished = command.wait();
        assert_nothing_left(sandbox);
        finished.expect_code(130);
    });
}

/// After the five seconds that it has to end by itself.
fn a_worker_that_ignores_sigterm_is_killed() {
    let steps = ["ignore-term", "child-that-lives-on", "print:no disk", "exit:3"];
    in_both_ways(&steps, |sandbox, start, _| {
        let finished = start.run();
        assert_nothing_left(sandbox);
        // It is the daemon of which this is said, and that ended by itself.
        let words = "no disk\ndoes_as_told: exited with status 3 before it was ready\n";
        assert_eq!(finished.stderr, words);
        finished.expect_code(3);
    });
}

fn a_port_is_free_again() {
    in_both_ways(&["listen:port", "child-that-lives-on", "exit:3"], |sandbox, start, _| {
        start.run().expect_code(3);
        let port: u16 = sandbox.read("port").parse().expect("a port");
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("a port that nobody has");
        assert_nothing_left(sandbox);
    });
}

/// It has left the daemon's family on purpose.
fn a_helper_that_began_a_session_stays() {
    let steps = ["command:setsid sleep 1000", "status:warming up", "wait:go", "exit:3"];
    in_both_ways(&steps, |sandbox, start, _| {
        let mut command = start.spawn();
        command.wait_for_text("warming up");
        let helper = sandbox.process_in(PIDFILE).only_child();
        helper.wait_until("leads a session", |it| it.is_session_leader());
        sandbox.file("go", 0o644, "");
        command.wait().expect_code(3);
        assert_eq!(sandbox.only_process().pid(), helper.pid());
        sandbox.end(&helper, Signal::SIGTERM);
    });
}

fn of_a_daemon_that_is_ready_nothing_goes() {
    in_both_ways(&[&STARTED[..], &["notify"]].concat(), |sandbox, start, _| {
        let daemon = start.daemon();
        assert_eq!(daemon.children().len(), 3, "{:?}", daemon.children());
        assert_eq!(sandbox.processes().len(), 4, "{:?}", sandbox.processes());
    });
}
