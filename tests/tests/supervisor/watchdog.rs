//! Promise 19: `daemon::watchdog()` tells a supervisor that the program makes progress, at most
//! once for each half of the interval, and only as long as it does.

use std::time::{Duration, Instant};

use daemon_tests::{NotifySocket, Running, Sandbox, Start, Supervised, told};

daemon_tests::tests![
    nobody_watches_without_a_supervisor,
    another_processs_watchdog_is_not_ours,
    a_loop_says_so_at_each_half_of_the_interval,
    the_daemon_says_so_itself_in_the_background,
    a_heartbeat_says_so_while_the_executor_runs,
    a_stuck_executor_says_nothing,
];

const INTERVAL: Duration = Duration::from_millis(400);

/// A program with a loop in which it gives signs of life until it is stuck.
const LOOP: [&str; 5] =
    ["stderr=inherit", "notify", "watchdog", "alive-until:stuck", "print:stuck"];

/// A program that lives in an executor, whose heartbeat gives signs of life until it is stuck.
const HEARTBEAT: [&str; 3] = ["stderr=inherit", "notify", "heartbeat-until:stuck"];

/// A start with a supervisor who watches.
fn watched<'a>(start: Start<'a>, supervisor: &NotifySocket) -> Start<'a> {
    let interval = INTERVAL.as_micros().to_string();
    start.env("NOTIFY_SOCKET", supervisor.address()).env("WATCHDOG_USEC", interval)
}

/// When the next sign of life is given, and by whom.
#[track_caller]
fn sign(supervisor: &NotifySocket) -> (Duration, i32) {
    let (message, time) = supervisor.receive_with_time();
    assert_eq!(message.text, "WATCHDOG=1");
    (time, message.sender)
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

fn nobody_watches_without_a_supervisor() {
    let sandbox = Sandbox::new();
    told(&sandbox, LOOP).run().expect_code(0);
    let start = told(&sandbox, LOOP).env("DAEMON_MODE", "foreground");
    let finished = start.env("WATCHDOG_USEC", "1000").run().expect_code(0);
    assert_eq!(finished.stderr, "nobody watches\n");

    let supervisor = NotifySocket::bind(&sandbox);
    for nothing in ["0", "often", "-1", ""] {
        let start = watched(told(&sandbox, LOOP), &supervisor).env("WATCHDOG_USEC", nothing);
        assert_eq!(start.run().expect_code(0).stderr, "nobody watches\n");
    }
    sandbox.assert_nothing_left();
}

fn another_processs_watchdog_is_not_ours() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let start = watched(told(&sandbox, LOOP), &supervisor).env("WATCHDOG_PID", "1");
    assert_eq!(start.run().expect_code(0).stderr, "nobody watches\n");
}

fn a_loop_says_so_at_each_half_of_the_interval() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let start = watched(told(&sandbox, LOOP), &supervisor).env_own_pid("WATCHDOG_PID");
    let mut command = start.spawn();
    command.wait_for_text("watched every 400ms\n");
    assert_eq!(supervisor.receive().text, "READY=1");
    expect_one_in_each_half(&supervisor);
    expect_none_when_stuck(&sandbox, &supervisor, &mut command);
}

fn the_daemon_says_so_itself_in_the_background() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let start = watched(told(&sandbox, LOOP).arg("mode=background"), &supervisor);
    let mut command = start.env_own_pid("WATCHDOG_PID").spawn();
    command.wait_for_text("watched every 400ms\n");
    let ready = supervisor.receive();
    assert_eq!(ready.sender, command.process().pid());
    let daemon = sandbox.only_process();
    assert_eq!(ready.text, format!("MAINPID={}\nREADY=1", daemon.pid()));
    assert_eq!(sign(&supervisor).1, daemon.pid());
    assert_eq!(sign(&supervisor).1, daemon.pid());
}

fn a_heartbeat_says_so_while_the_executor_runs() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let program = Supervised::new(&sandbox);
    let _command = watched(program.start(&HEARTBEAT), &supervisor).spawn();
    assert_eq!(supervisor.receive().text, "READY=1");
    expect_one_in_each_half(&supervisor);
}

fn a_stuck_executor_says_nothing() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let program = Supervised::new(&sandbox);
    let mut command = watched(program.start(&HEARTBEAT), &supervisor).spawn();
    assert_eq!(supervisor.receive().text, "READY=1");
    sign(&supervisor);
    expect_none_when_stuck(&sandbox, &supervisor, &mut command);
}
