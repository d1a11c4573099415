//! Promise 35: where a supervisor is in charge, a verb says so and names the supervisor's own command;
//! the supervisor itself may use the verbs.

use daemon_tests::{PIDFILE, Sandbox, Supervised, Systemd, fixture, require_program};

daemon_tests::tests![
    below_runit_sv_is_named,
    below_systemd_systemctl_is_named,
    systemd_stops_by_the_verb,
    what_systemd_ends_says_that_it_ended_if_it_asks_for_its_stop,
    systemctl_reload_says_what_the_daemon_says,
    nobody_is_in_charge_of_what_a_shell_started,
];

const PROGRAM: &str = fixture!("reloads");
const UNIT: &str = "reloads.service";

fn below_runit_sv_is_named() {
    require_program("runsv", "runit");
    let sandbox = Sandbox::new();
    let program = Supervised::with_program(&sandbox, PROGRAM);
    let service = program.service_directory(&format!("exec {}", program.line(&["notify", "stop"])));
    let mut runsv = sandbox.start("runsv").arg(&service).spawn();
    let daemon = sandbox.process_in(PIDFILE);
    let here = program.here();
    let verb = |words: &[&str]| sandbox.start(PROGRAM).arg("daemon").args(words).arg(&here).run();
    let refused = verb(&["stop"]).expect_code(78);
    let advice = format!("sv stop {}, or add --anyway", service.display());
    assert!(refused.stderr.contains(&advice), "{refused:?}");
    assert!(daemon.is_alive());
    let refused = verb(&["restart"]).expect_code(78);
    assert!(refused.stderr.contains("sv restart"), "{refused:?}");
    let shown = verb(&["status"]).expect_code(0);
    assert!(shown.stdout.contains("runsv"), "{shown:?}");
    verb(&["stop", "--anyway"]).expect_code(0);
    daemon.wait_for_death();
    sandbox
        .wait_until("runsv starts it anew", || sandbox.process_in(PIDFILE).pid() != daemon.pid());
    runsv.signal(daemon_tests::Signal::SIGTERM);
    runsv.wait();
    sandbox.assert_nothing_left();
}

/// With these settings besides.
fn machine<'a>(sandbox: &'a Sandbox, settings: &str, steps: &str) -> Systemd<'a> {
    let machine = Systemd::boot(sandbox);
    let text = format!(
        "[Service]\nType=notify\nExecStart={PROGRAM} here=/run mode=foreground {steps} notify stop\n\
         {settings}\n"
    );
    machine.unit(UNIT, &text);
    machine.systemctl(["start", UNIT]).expect_code(0);
    machine
}

fn below_systemd_systemctl_is_named() {
    let sandbox = Sandbox::new();
    // Without `mode=foreground` it finds out who is in charge.
    let machine = Systemd::boot(&sandbox);
    let exec = format!("[Service]\nType=notify\nExecStart={PROGRAM} here=/run notify stop\n");
    machine.unit(UNIT, &exec);
    machine.systemctl(["start", UNIT]).expect_code(0);
    let refused = machine.start(PROGRAM).args(["daemon", "stop", "here=/run"]).run();
    let refused = refused.expect_code(78);
    let advice = format!("systemctl stop {UNIT}, or add --anyway");
    assert!(refused.stderr.contains(&advice), "{refused:?}");
    let again = machine.start(PROGRAM).args(["daemon", "start", "here=/run"]).run();
    assert!(again.expect_code(78).stderr.contains("systemctl start"));
    assert_eq!(machine.show(UNIT, "ActiveState"), "active");
    machine.systemctl(["stop", UNIT]).expect_code(0);
}

fn systemd_stops_by_the_verb() {
    let sandbox = Sandbox::new();
    let stop = format!("ExecStop={PROGRAM} daemon stop here=/run");
    let machine = machine(&sandbox, &stop, "hold:job release:go");
    sandbox.wait_until("it is active", || machine.show(UNIT, "ActiveState") == "active");
    std::fs::write(machine.path("/run/go1"), "").expect("a file");
    machine.systemctl(["stop", UNIT]).expect_code(0);
    assert_eq!(machine.show(UNIT, "ActiveState"), "inactive", "{}", machine.report(UNIT));
    assert_eq!(machine.show(UNIT, "Result"), "success", "{}", machine.report(UNIT));
}

fn what_systemd_ends_says_that_it_ended_if_it_asks_for_its_stop() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    let does_not_ask = fixture!("does_as_told");
    for (program, words, code) in [(PROGRAM, "stop", 3), (does_not_ask, "", 1)] {
        let words = format!("here=/run control=first mode=foreground notify {words}");
        let text = format!("[Service]\nType=notify\nExecStart={program} {words}\n");
        machine.unit(UNIT, &text);
        machine.systemctl(["start", UNIT]).expect_code(0);
        let status = || machine.start(PROGRAM).args(["daemon", "status", "here=/run"]).run();
        status().expect_code(0);
        machine.systemctl(["stop", UNIT]).expect_code(0);
        status().expect_code(code);
    }
}

fn systemctl_reload_says_what_the_daemon_says() {
    let sandbox = Sandbox::new();
    let reload = format!("ExecReload={PROGRAM} daemon reload here=/run");
    let machine = machine(&sandbox, &reload, "events:done,refused,done");
    machine.systemctl(["reload", UNIT]).expect_code(0);
    let refused = machine.systemctl(["reload", UNIT]);
    assert_ne!(refused.code(), 0, "{refused:?}\n{}", machine.report(UNIT));
    assert_eq!(machine.show(UNIT, "ActiveState"), "active", "the old configuration serves");
    machine.systemctl(["reload", UNIT]).expect_code(0);
    machine.systemctl(["stop", UNIT]).expect_code(0);
}

fn nobody_is_in_charge_of_what_a_shell_started() {
    let sandbox = Sandbox::new();
    let start = sandbox.start(PROGRAM).args(["mode=foreground", "notify", "say:here", "stop"]);
    let mut running = start.spawn();
    running.wait_for_text("here");
    sandbox.start(PROGRAM).args(["daemon", "stop"]).run().expect_code(0);
    running.wait();
    sandbox.assert_nothing_left();
}
