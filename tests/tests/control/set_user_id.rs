//! Promise 40: a verb has the rights of whoever calls it and no more, also in a program that is
//! set-user-ID, set-group-ID, or has file capabilities.

use std::{fs, path::PathBuf};

use daemon_tests::{
    AS_NOBODY, Finished, Ids, NOBODY, PIDFILE, Process, Sandbox, Signal, Standard, Start, fixture,
    full_pipe, is_root, require_program, skip,
};

daemon_tests::tests![
    configure_has_no_right_of_roots_left,
    while_it_waits_it_has_no_right_of_roots_left,
    when_it_prints_it_has_no_right_of_roots_left,
    a_daemon_of_roots_is_not_touched,
    no_variable_leads_it_elsewhere,
    what_it_restarts_is_its_callers,
    file_capabilities_go_too,
];

/// A fixture that has root's user and group, whoever starts it.
#[track_caller]
fn install(sandbox: &Sandbox, fixture: &str) -> PathBuf {
    let program = sandbox.install(fixture);
    sandbox.owner(&program, 0, 0);
    sandbox.mode(&program, 0o6755)
}

/// A verb of the fixture `reloads`, called by nobody.
fn verb<'a>(sandbox: &'a Sandbox, words: &[&str]) -> Start<'a> {
    sandbox.start(sandbox.join("reloads")).arg("daemon").args(words).under(AS_NOBODY)
}

/// A daemon of nobody's, with its pidfile in `theirs`.
fn daemon_of_nobody(sandbox: &Sandbox, steps: &[&str]) -> Process {
    sandbox.directory("theirs", 0o755);
    sandbox.owner("theirs", NOBODY, NOBODY);
    let program = sandbox.install(fixture!("does_as_told"));
    let start = sandbox.start(program).args(["here=theirs", "mode=background"]).args(steps);
    start.under(AS_NOBODY).run().expect_code(0);
    sandbox.process_in("theirs/daemon.pid")
}

/// It has nothing left of what it was given by being executed.
#[track_caller]
fn assert_is_nobody(process: &Process) {
    assert_eq!((process.users(), process.groups()), (Ids::all(NOBODY), Ids::all(NOBODY)));
    assert!(process.supplementary_groups().is_empty(), "{process:?}");
    let sets = process.capabilities();
    assert_eq!((sets.permitted, sets.effective, sets.ambient), (0, 0, 0), "{process:?}");
}

/// Only that of a start has.
fn configure_has_no_right_of_roots_left() {
    let sandbox = Sandbox::new();
    install(&sandbox, fixture!("reloads"));
    for verb in ["stop", "restart", "reload", "status", "check"] {
        let start = sandbox.start(sandbox.join("reloads")).args(["daemon", verb, "hold=go"]);
        let mut configuring = start.under(AS_NOBODY).spawn();
        configuring.process().wait_until("is nobody's", |process| {
            process.is_called("reloads") && process.users() == Ids::all(NOBODY)
        });
        assert_is_nobody(configuring.process());
        configuring.signal(Signal::SIGKILL);
        configuring.wait();
    }
}

fn while_it_waits_it_has_no_right_of_roots_left() {
    let sandbox = Sandbox::new();
    install(&sandbox, fixture!("reloads"));
    let daemon = daemon_of_nobody(&sandbox, &["ignore-term", "notify"]);
    let pidfile = sandbox.join("theirs/daemon.pid");
    let by_pidfile = ["stop", "--pidfile", pidfile.to_str().expect("UTF-8")];
    for words in [&["stop", "here=theirs"][..], &by_pidfile] {
        let mut stopping = verb(&sandbox, words).spawn();
        stopping.wait_for_text("waiting for pid");
        assert_is_nobody(stopping.process());
        stopping.signal(Signal::SIGKILL);
        stopping.wait();
    }
    daemon.signal(Signal::SIGKILL);
}

fn when_it_prints_it_has_no_right_of_roots_left() {
    let sandbox = Sandbox::new();
    install(&sandbox, fixture!("reloads"));
    let daemon = daemon_of_nobody(&sandbox, &["notify"]);
    for words in [&["status"][..], &["status", "--json"], &["check"], &["unit", "runit"]] {
        let (_reader, writer) = full_pipe();
        let start = verb(&sandbox, words).arg("here=theirs").stdout(Standard::Descriptor(writer));
        let mut printing = start.spawn();
        // It cannot go on from there, so what it has not given up by then it never will.
        printing.process().wait_until("is nobody's", |process| {
            process.is_called("reloads") && process.users() == Ids::all(NOBODY)
        });
        assert_is_nobody(printing.process());
        printing.signal(Signal::SIGKILL);
        printing.wait();
    }
    daemon.signal(Signal::SIGKILL);
}

#[track_caller]
fn assert_is_not_permitted(ended: Finished) {
    let said = format!("{}{}", ended.stdout, ended.stderr);
    assert!(said.contains("only root can look at it: ask as root"), "{ended:?}");
}

fn a_daemon_of_roots_is_not_touched() {
    let sandbox = Sandbox::new();
    install(&sandbox, fixture!("reloads"));
    let start = sandbox.start(sandbox.join("reloads"));
    start.args(["mode=background", "events:done", "notify", "stop"]).run().expect_code(0);
    let daemon = sandbox.process_in(PIDFILE);
    let state = fs::read(sandbox.join("daemon.state")).expect("a state");
    for words in [
        &["stop"][..],
        &["stop", "--anyway"],
        &["stop", "--timeout", "0", "--kill"],
        &["stop", "--pidfile", PIDFILE],
        &["reload"],
        &["status"],
    ] {
        assert_is_not_permitted(verb(&sandbox, words).run().expect_code(4));
    }
    // Whoever calls it could not start the new one.
    let restarted = verb(&sandbox, &["restart", "mode=background"]).run().expect_code(73);
    assert!(restarted.stderr.contains("nothing was stopped"), "{restarted:?}");
    let checked = verb(&sandbox, &["check", "mode=background"]).run().expect_code(73);
    assert!(checked.stdout.contains("Permission denied"), "{checked:?}");
    assert!(daemon.is_alive());
    assert_eq!(fs::read(sandbox.join("daemon.state")).expect("a state"), state);
}

/// Neither to another pidfile than without them, nor to another daemon.
fn no_variable_leads_it_elsewhere() {
    let sandbox = Sandbox::new();
    let program = install(&sandbox, fixture!("controlled"));
    sandbox.directory("run", 0o755);
    let place = "mount --bind run /run";
    sandbox.start(&program).where_mounted(place).run().expect_code(0);
    let victim = sandbox.process_in("run/controlled.pid");
    // Where the variables lead, there is a daemon too: nobody's own.
    let own = sandbox.directory("own", 0o755);
    sandbox.owner("own", NOBODY, NOBODY);
    let words = ["mode=background", "pidfile=own/controlled.pid", "notify"];
    let start = sandbox.start(sandbox.install(fixture!("does_as_told"))).args(words);
    start.under(AS_NOBODY).run().expect_code(0);
    let other = sandbox.process_in("own/controlled.pid");
    for words in [&["status"][..], &["stop"], &["reload"]] {
        let mut start = sandbox.start(&program).args(words).under(AS_NOBODY);
        for variable in ["DAEMON_DIRECTORY", "RUNTIME_DIRECTORY", "XDG_STATE_HOME", "HOME"] {
            start = start.env(variable, &own);
        }
        let start = start.env("PIDFILE", own.join("controlled.pid"));
        let start = start.env("MAINPID", victim.pid().to_string());
        let start = start.env_own_pid("SYSTEMD_EXEC_PID").where_mounted(place);
        let ended = start.run().expect_code(4);
        let said = format!("{}{}", ended.stdout, ended.stderr);
        assert!(said.contains("/run/controlled.pid"), "{ended:?}");
        assert_is_not_permitted(ended);
    }
    assert!(victim.is_alive() && other.is_alive());
}

/// It is not root's daemon, as `start` would make it.
fn what_it_restarts_is_its_callers() {
    let sandbox = Sandbox::new();
    install(&sandbox, fixture!("reloads"));
    let old = daemon_of_nobody(&sandbox, &["notify"]);
    let words = ["restart", "here=theirs", "mode=background", "notify", "stop"];
    verb(&sandbox, &words).run().expect_code(0);
    assert!(!old.is_alive());
    let new = sandbox.process_in("theirs/daemon.pid");
    assert_is_nobody(&new);
    verb(&sandbox, &["stop", "here=theirs"]).run().expect_code(0);
    sandbox.assert_nothing_left();
}

fn file_capabilities_go_too() {
    if !is_root() {
        skip!("needs root: gives a file capabilities");
    }
    require_program("setcap", "libcap2-bin");
    let sandbox = Sandbox::new();
    let program = sandbox.install(fixture!("reloads"));
    let capabilities = "cap_kill,cap_dac_override,cap_sys_ptrace=eip";
    let setcap = sandbox.start("setcap").arg(capabilities).arg(&program).run();
    if !setcap.status.success() {
        skip!("needs a file system with capabilities: {setcap:?}");
    }
    let victim = sandbox.start(&program).args(["mode=background", "notify", "stop"]);
    victim.run().expect_code(0);
    let victim = sandbox.process_in(PIDFILE);
    assert_is_not_permitted(verb(&sandbox, &["stop"]).run().expect_code(4));
    assert!(victim.is_alive());
    let daemon = daemon_of_nobody(&sandbox, &["ignore-term", "notify"]);
    let mut stopping = verb(&sandbox, &["stop", "here=theirs"]).spawn();
    stopping.wait_for_text("waiting for pid");
    assert_is_nobody(stopping.process());
    stopping.signal(Signal::SIGKILL);
    stopping.wait();
    daemon.signal(Signal::SIGKILL);
}
