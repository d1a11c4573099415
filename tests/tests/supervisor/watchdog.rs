//! Promise 19: `daemon::watchdog()` tells a supervisor that the program makes progress, at most
//! once for each half of the interval, and only as long as it does.

use std::time::{Duration, Instant};

use daemon_tests::{NotifySocket, Running, Sandbox, Start, fixture};

daemon_tests::tests![
    nobody_watches_without_a_supervisor,
    another_processs_watchdog_is_not_ours,
    a_loop_says_so_at_each_half_of_the_interval,
    the_daemon_says_so_itself_in_the_background,
    a_heartbeat_says_so_while_the_executor_runs,
    a_stuck_executor_says_nothing,
];

const INTERVAL: Duration = Duration::from_millis(400);

fn watched<'a>(sandbox: &'a Sandbox, supervisor: &NotifySocket, how: &[&str]) -> Start<'a> {
    let interval = INTERVAL.as_micros().to_string();
    let start = sandbox.start(fixture!("watched")).args(how.iter().copied());
    start.env("NOTIFY_SOCKET", supervisor.address()).env("WATCHDOG_USEC", interval)
}

/// When the next sign of life comes, and from whom.
#[track_caller]
fn sign(supervisor: &NotifySocket) -> (Instant, i32) {
    let message = supervisor.receive();
    assert_eq!(message.text, "WATCHDOG=1");
    (Instant::now(), message.sender)
}

/// Of many calls, five in five halves; late they may be on a busy machine, early not.
#[track_caller]
fn expect_one_in_each_half(supervisor: &NotifySocket) {
    let first = sign(supervisor).0;
    let mut last = first;
    for _ in 0..5 {
        last = sign(supervisor).0;
    }
    assert!(last - first >= INTERVAL / 2 * 5 - INTERVAL / 8, "{:?}", last - first);
}

/// Though threads of it may still run.
#[track_caller]
fn expect_none_when_stuck(sandbox: &Sandbox, supervisor: &NotifySocket, command: &mut Running<'_>) {
    sandbox.file("stuck", 0o644, "");
    command.wait_for_text("stuck\n");
    while supervisor.receive_now().is_some() {}
    let pause = Instant::now();
    sandbox.wait_until("an interval is over", || pause.elapsed() > INTERVAL);
    assert_eq!(supervisor.receive_now(), None, "a stuck program gives no sign of life");
}

fn end(sandbox: &Sandbox, command: Running<'_>) {
    drop(command);
    sandbox.kill_all();
}

fn nobody_watches_without_a_supervisor() {
    let sandbox = Sandbox::new();
    let start = sandbox.start(fixture!("watched")).arg("loop");
    start.run().expect_code(0);
    let start = sandbox.start(fixture!("watched")).arg("loop").env("DAEMON_MODE", "foreground");
    let finished = start.env("WATCHDOG_USEC", "1000").run().expect_code(0);
    assert_eq!(finished.stderr, "nobody watches\n");

    let supervisor = NotifySocket::bind(&sandbox);
    for nothing in ["0", "often", "-1", ""] {
        let start = watched(&sandbox, &supervisor, &["loop"]).env("WATCHDOG_USEC", nothing);
        assert_eq!(start.run().expect_code(0).stderr, "nobody watches\n");
    }
    sandbox.assert_nothing_left();
}

fn another_processs_watchdog_is_not_ours() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let start = watched(&sandbox, &supervisor, &["loop"]).env("WATCHDOG_PID", "1");
    assert_eq!(start.run().expect_code(0).stderr, "nobody watches\n");
}

fn a_loop_says_so_at_each_half_of_the_interval() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let start = watched(&sandbox, &supervisor, &["loop"]).env_own_pid("WATCHDOG_PID");
    let mut command = start.spawn();
    command.wait_for_text("watched every 400ms\n");
    assert_eq!(supervisor.receive().text, "READY=1");
    expect_one_in_each_half(&supervisor);
    expect_none_when_stuck(&sandbox, &supervisor, &mut command);
    end(&sandbox, command);
}

fn the_daemon_says_so_itself_in_the_background() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let start = watched(&sandbox, &supervisor, &["loop", "background"]);
    let mut command = start.env_own_pid("WATCHDOG_PID").spawn();
    command.wait_for_text("watched every 400ms\n");
    let ready = supervisor.receive();
    assert_eq!(ready.sender, command.process().pid());
    let [daemon] = &sandbox.processes()[..] else { panic!("one process") };
    assert_eq!(ready.text, format!("MAINPID={}\nREADY=1", daemon.pid()));
    assert_eq!(sign(&supervisor).1, daemon.pid());
    assert_eq!(sign(&supervisor).1, daemon.pid());
    end(&sandbox, command);
}

fn a_heartbeat_says_so_while_the_executor_runs() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let command = watched(&sandbox, &supervisor, &["heartbeat"]).spawn();
    assert_eq!(supervisor.receive().text, "READY=1");
    expect_one_in_each_half(&supervisor);
    end(&sandbox, command);
}

fn a_stuck_executor_says_nothing() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let mut command = watched(&sandbox, &supervisor, &["heartbeat"]).spawn();
    assert_eq!(supervisor.receive().text, "READY=1");
    sign(&supervisor);
    expect_none_when_stuck(&sandbox, &supervisor, &mut command);
    end(&sandbox, command);
}
