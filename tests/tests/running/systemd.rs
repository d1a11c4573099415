//! Promise 25: the real systemd shows what a stop waits for, and how each reload went (promise 27).

use std::time::{Duration, Instant};

use daemon_tests::{Sandbox, Systemd, fixture};

daemon_tests::tests![
    a_stop_shows_what_it_waits_for,
    a_stop_that_gets_on_is_given_more_time,
    a_stop_that_hangs_is_given_none,
    a_reload_is_done_or_refused,
    the_watchdog_is_content_while_it_drains,
];

const UNIT: &str = "reloads.service";

/// Starts the program as this unit, with these words and settings.
fn start(sandbox: &Sandbox, machine: &Systemd<'_>, settings: &str, words: &str) {
    let (program, here) = (fixture!("reloads"), sandbox.path().display());
    let exec = format!("ExecStart={program} pidfile=none here={here} {words} stop");
    let reload = "ExecReload=kill -HUP $MAINPID";
    machine.unit(UNIT, &format!("[Service]\nType=notify\n{settings}\n{exec}\n{reload}\n"));
    machine.systemctl(["start", UNIT]).expect_code(0);
    assert_eq!(machine.show(UNIT, "ActiveState"), "active", "{}", machine.report(UNIT));
}

/// Waits until it shows this status.
fn wait_for_status(machine: &Systemd<'_>, status: &str) {
    machine.wait_until_shows(UNIT, "StatusText", status);
}

const HOLDS: &str = "\"hold:the first\" \"hold:the second\"";
const TWO_LEFT: &str = "stopping: SIGTERM from process 1; 2 left: the first, the second";
const ONE_LEFT: &str = "stopping: SIGTERM from process 1; 1 left: the second";

fn a_stop_shows_what_it_waits_for() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    start(&sandbox, &machine, "", &format!("{HOLDS} release:go notify"));
    let mut stop = machine.start("systemctl").args(["stop", UNIT]).spawn();
    wait_for_status(&machine, TWO_LEFT);
    assert_eq!(machine.show(UNIT, "SubState"), "stop-sigterm");
    sandbox.file("go1", 0o600, "");
    wait_for_status(&machine, ONE_LEFT);
    assert!(!stop.has_ended(), "{stop:?}");
    sandbox.file("go2", 0o600, "");
    stop.wait().expect_code(0);
    assert_eq!(machine.show(UNIT, "Result"), "success", "{}", machine.report(UNIT));
}

/// How long systemd waits for a stop below that says nothing.
const TIMEOUT: Duration = Duration::from_secs(2);

fn a_stop_that_gets_on_is_given_more_time() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    let settings = format!("TimeoutStopSec={}", TIMEOUT.as_secs());
    start(&sandbox, &machine, &settings, &format!("{HOLDS} release:go notify"));
    let since = Instant::now();
    let mut stop = machine.start("systemctl").args(["stop", UNIT]).spawn();
    wait_for_status(&machine, TWO_LEFT);
    sandbox.file("go1", 0o600, "");
    wait_for_status(&machine, ONE_LEFT);
    let late = TIMEOUT + Duration::from_secs(1);
    sandbox.wait_until("its time would have been up", || since.elapsed() > late);
    sandbox.file("go2", 0o600, "");
    stop.wait().expect_code(0);
    assert_eq!(machine.show(UNIT, "Result"), "success", "{}", machine.report(UNIT));
}

fn a_stop_that_hangs_is_given_none() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    let settings = format!("TimeoutStopSec={}", TIMEOUT.as_secs());
    start(&sandbox, &machine, &settings, &format!("{HOLDS} notify"));
    machine.systemctl(["stop", UNIT]).expect_code(0);
    assert_eq!(machine.show(UNIT, "Result"), "timeout", "{}", machine.report(UNIT));
    assert_eq!(machine.show(UNIT, "StatusText"), TWO_LEFT);
}

fn a_reload_is_done_or_refused() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    start(&sandbox, &machine, "", "events:done,refused,wait notify");
    let reload = || machine.systemctl(["reload", UNIT]);
    // It returns when kill(1) does, or, if systemd has heard of the reload by then, with the answer.
    reload().expect_code(0);
    wait_for_status(&machine, "read anew");
    machine.wait_until_shows(UNIT, "ActiveState", "active");
    reload().expect_code(0);
    wait_for_status(&machine, "reload refused: line 3 is wrong");
    machine.wait_until_shows(UNIT, "ActiveState", "active");
    let mut waits = machine.start("systemctl").args(["reload", UNIT]).spawn();
    machine.wait_until_shows(UNIT, "ActiveState", "reloading");
    sandbox.file("answer", 0o600, "");
    waits.wait().expect_code(0);
    wait_for_status(&machine, "read anew");
    machine.wait_until_shows(UNIT, "ActiveState", "active");
    machine.systemctl(["stop", UNIT]).expect_code(0);
    assert_eq!(machine.show(UNIT, "Result"), "success", "{}", machine.report(UNIT));
}

fn the_watchdog_is_content_while_it_drains() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    let settings = "WatchdogSec=1\nWatchdogSignal=SIGKILL";
    // systemd watches for as long as it has not told the program to stop by itself.
    let words = "hold:work release:go alive notify wait:request \"request:it is done\"";
    start(&sandbox, &machine, settings, words);
    sandbox.file("request", 0o600, "");
    wait_for_status(&machine, "stopping: it is done; 1 left: work");
    let since = Instant::now();
    let last_sign = || machine.show(UNIT, "WatchdogTimestampMonotonic");
    let first = last_sign();
    sandbox.wait_until("three intervals are over", || since.elapsed() > Duration::from_secs(3));
    assert_eq!(machine.processes_of(UNIT).len(), 1, "{}", machine.report(UNIT));
    assert_ne!(last_sign(), first, "{}", machine.report(UNIT));
    sandbox.file("go1", 0o600, "");
    machine.wait_until_shows(UNIT, "ActiveState", "inactive");
    assert_eq!(machine.show(UNIT, "Result"), "success", "{}", machine.report(UNIT));
}
