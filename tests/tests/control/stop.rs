//! Promise 32: `stop` returns when the daemon has ended and its lock is free, or says why not.

use std::{
    fs,
    time::{Duration, Instant},
};

use daemon_tests::{CTRL_C, NOBODY, PIDFILE, Sandbox, Signal, fixture, told};

use crate::daemon::{runs, start, verb};

daemon_tests::tests![
    the_daemon_has_ended,
    without_a_daemon_there_is_nothing_to_do,
    what_it_waits_for_is_shown,
    one_that_ignores_sigterm_is_still_there,
    one_that_ignores_sigterm_is_killed_if_asked_for,
    one_that_is_stopped_ends,
    one_that_is_traced_is_named_with_its_tracer,
    one_that_is_starting_is_cancelled,
    one_in_its_drain_is_waited_for,
    ctrl_c_leaves_the_daemon_alone,
    a_signal_to_a_program_that_stops_it_is_not_taken_for_its_end,
    a_child_that_shares_the_lock_is_named,
    one_that_is_a_zombie_does_not_run,
    after_kill_nine_the_file_is_removed,
    after_a_drop_of_privileges_root_removes_the_file,
    root_removes_a_users_files_in_the_users_directory_alone,
];

fn the_daemon_has_ended() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["notify"]);
    let stopped = verb(&sandbox, &["stop"]).run().expect_code(0);
    assert_eq!(stopped.stdout, format!("reloads: stopped (pid {})\n", daemon.pid()));
    assert_eq!(stopped.stderr, "");
    assert!(sandbox.processes().is_empty(), "it has ended already");
    assert!(!sandbox.join(PIDFILE).exists());
}

fn without_a_daemon_there_is_nothing_to_do() {
    let sandbox = Sandbox::new();
    let stopped = verb(&sandbox, &["stop"]).run().expect_code(0);
    let place = sandbox.join(PIDFILE);
    let text = format!("reloads: not running (looked at {})\n", place.display());
    assert_eq!(stopped.stdout, text);
}

fn what_it_waits_for_is_shown() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["hold:the last job", "release:go", "notify"]);
    let mut stopping = verb(&sandbox, &["stop"]).terminal().spawn();
    stopping.wait_for_text(&format!("waiting for pid {} to end", daemon.pid()));
    stopping.wait_for_text("the last job");
    sandbox.file("go1", 0o600, "");
    assert_eq!(stopping.wait().code(), 0);
    sandbox.assert_nothing_left();
}

fn one_that_ignores_sigterm_is_still_there() {
    let sandbox = Sandbox::new();
    told(&sandbox, ["mode=background", "ignore-term", "notify"]).run().expect_code(0);
    let daemon = sandbox.process_in(PIDFILE);
    let stopped = verb(&sandbox, &["stop", "--timeout", "0.2"]).run().expect_code(1);
    let pid = daemon.pid();
    let text = format!("pid {pid} is still running after 0.2 s: wait longer, or add --kill");
    assert!(stopped.stderr.contains(&text), "{}", stopped.stderr);
    assert!(daemon.is_alive());
}

fn one_that_ignores_sigterm_is_killed_if_asked_for() {
    let sandbox = Sandbox::new();
    told(&sandbox, ["mode=background", "ignore-term", "notify"]).run().expect_code(0);
    verb(&sandbox, &["stop", "--timeout", "0.2", "--kill"]).run().expect_code(0);
    assert!(sandbox.processes().is_empty());
    assert!(!sandbox.join(PIDFILE).exists(), "it is removed in the daemon's place");
}

fn one_that_is_stopped_ends() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["notify"]);
    daemon.signal(Signal::SIGSTOP);
    sandbox.wait_until("it is stopped", || daemon.state() == 'T');
    verb(&sandbox, &["stop"]).run().expect_code(0);
    assert!(sandbox.processes().is_empty());
}

fn one_that_is_traced_is_named_with_its_tracer() {
    let sandbox = Sandbox::new();
    let strace = daemon_tests::require_program("strace", "strace");
    let daemon = runs(&sandbox, &["hold:x", "notify"]);
    let pid = daemon.pid().to_string();
    let mut tracer = sandbox.start(strace).args(["-qq", "-o", "/dev/null", "-p", &pid]).spawn();
    sandbox.wait_until("it is traced", || {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        !status.contains("TracerPid:\t0\n")
    });
    let stopped = verb(&sandbox, &["stop", "--timeout", "0.5"]).run().expect_code(1);
    assert!(stopped.stderr.contains("(strace) traces it"), "{}", stopped.stderr);
    assert!(!tracer.has_ended(), "the tracer is left alone");
    tracer.signal(Signal::SIGTERM);
    tracer.wait();
    daemon.signal(Signal::SIGKILL);
    sandbox.assert_nothing_left();
}

fn one_that_is_starting_is_cancelled() {
    let sandbox = Sandbox::new();
    let mut starting = start(&sandbox, &["wait:never"]).spawn();
    sandbox.process_in(PIDFILE);
    verb(&sandbox, &["stop"]).run().expect_code(0);
    assert_ne!(starting.wait().code(), 0);
    sandbox.assert_nothing_left();
}

fn one_in_its_drain_is_waited_for() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["hold:job", "release:go", "notify"]);
    daemon.signal(Signal::SIGTERM);
    let mut stopping = verb(&sandbox, &["stop"]).spawn();
    stopping.wait_for_text("waiting for pid");
    assert!(!stopping.has_ended());
    sandbox.file("go1", 0o600, "");
    assert_eq!(stopping.wait().code(), 0);
    sandbox.assert_nothing_left();
}

fn ctrl_c_leaves_the_daemon_alone() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["hold:job", "release:go", "notify"]);
    let mut stopping = verb(&sandbox, &["stop"]).terminal().spawn();
    stopping.wait_for_text("waiting for pid");
    stopping.type_text(CTRL_C);
    assert_eq!(stopping.wait().code(), 130);
    let text = format!("interrupted by SIGINT: pid {} goes on ending", daemon.pid());
    stopping.wait_for_text(&text);
    assert!(daemon.is_alive());
    sandbox.file("go1", 0o600, "");
    daemon.wait_for_death();
}

fn a_signal_to_a_program_that_stops_it_is_not_taken_for_its_end() {
    let sandbox = Sandbox::new();
    let stop = || sandbox.start(fixture!("stops_another"));
    for (word, signal) in [("default", Signal::SIGINT), ("handled", Signal::SIGTERM)] {
        let daemon = runs(&sandbox, &["hold:job", "release:go", "notify"]);
        let mut stopping = stop().arg(sandbox.join(PIDFILE)).arg(word).spawn();
        sandbox.wait_until("it is to stop", || {
            String::from_utf8_lossy(&fs::read(sandbox.join("daemon.state")).unwrap_or_default())
                .contains("phase=stopping")
        });
        stopping.signal(signal);
        if word == "default" {
            assert_eq!(stopping.wait().code(), 130);
        } else {
            stopping.wait_for_text("signalled");
            assert!(!stopping.has_ended());
        }
        assert!(daemon.is_alive());
        sandbox.file("go1", 0o600, "");
        daemon.wait_for_death();
        fs::remove_file(sandbox.join("go1")).expect("the file");
        if word == "handled" {
            let ended = stopping.wait();
            assert_eq!((ended.code(), &*ended.stdout), (0, "signalled\nstopped: true\n"));
        }
    }
}

/// A child made by clone(2) without the C library's knowledge keeps the lock.
fn a_child_that_shares_the_lock_is_named() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["clone", "hold:job", "notify"]);
    let pidfile = sandbox.join(PIDFILE);
    let sharing = sandbox.wait_for("a child shares the lock", || {
        sandbox.holders_of(&pidfile).into_iter().find(|pid| *pid != daemon.pid())
    });
    let words = ["stop", "--timeout", "0.2", "--kill"];
    let stopped = verb(&sandbox, &words).run().expect_code(1);
    let text = format!("shared by process {sharing}");
    assert!(stopped.stderr.contains(&text), "{}", stopped.stderr);
    let again = verb(&sandbox, &["stop"]).run().expect_code(4);
    let text = format!("process {sharing} shares the lock of one that has ended");
    assert!(again.stderr.contains(&text), "{}", again.stderr);
    assert_eq!(sandbox.only_process().pid(), sharing, "it was not signalled");
}

fn after_kill_nine_the_file_is_removed() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["notify"]);
    daemon.signal(Signal::SIGKILL);
    daemon.wait_for_death();
    let since = Instant::now();
    let stopped = verb(&sandbox, &["stop"]).run().expect_code(0);
    assert!(stopped.stdout.contains("not running"), "{}", stopped.stdout);
    assert!(since.elapsed() < Duration::from_secs(2), "no start was waited for");
    assert!(!sandbox.join(PIDFILE).exists());
}

fn after_a_drop_of_privileges_root_removes_the_file() {
    let sandbox = Sandbox::new();
    if !daemon_tests::is_root() {
        daemon_tests::skip!("needs root: becomes another user");
    }
    let program = sandbox.install(daemon_tests::fixture!("reloads"));
    let start = sandbox.start(&program).args(["mode=background", "user=nobody", "notify", "stop"]);
    start.run().expect_code(0);
    let daemon = sandbox.process_in(PIDFILE);
    sandbox.start(&program).args(["daemon", "stop"]).run().expect_code(0);
    daemon.wait_for_death();
    assert!(!sandbox.join(PIDFILE).exists(), "the daemon could not remove it");
}

/// Elsewhere the user could make the path lead to a file that is not theirs.
fn root_removes_a_users_files_in_the_users_directory_alone() {
    let sandbox = Sandbox::new();
    let program = sandbox.install(fixture!("does_as_told"));
    let words = ["control=first", "mode=background", "notify"];
    for (directory, owner, mode, is_removed) in
        [("theirs", NOBODY, 0o755, true), ("everybodys", 0, 0o1777, false)]
    {
        sandbox.directory(directory, mode);
        sandbox.owner(directory, owner, owner);
        let place = format!("here={directory}");
        let start = sandbox.start(&program).arg(&place).args(words).user(NOBODY, NOBODY);
        start.run().expect_code(0);
        let (pidfile, state) =
            (sandbox.join(directory).join(PIDFILE), sandbox.join(directory).join("daemon.state"));
        let daemon = sandbox.process_in(&pidfile);
        assert!(state.exists());
        verb(&sandbox, &["stop", &place]).run().expect_code(0);
        assert!(!daemon.is_alive());
        assert_eq!([pidfile.exists(), state.exists()], [!is_removed; 2], "{directory}");
        let code = if is_removed { 3 } else { 1 };
        verb(&sandbox, &["status", &place]).run().expect_code(code);
    }
}

/// Nobody reaps it, and its lock is free.
fn one_that_is_a_zombie_does_not_run() {
    let sandbox = Sandbox::new();
    let line =
        format!("{} mode=foreground notify say:waits stop & exec sleep 1000", fixture!("reloads"));
    let mut parent = sandbox.shell(line).spawn();
    parent.wait_for_text("waits");
    let daemon = sandbox.process_in(PIDFILE);
    daemon.signal(Signal::SIGKILL);
    daemon.wait_for_death();
    let stat = fs::read_to_string(format!("/proc/{}/stat", daemon.pid())).expect("a zombie");
    assert!(stat.contains(") Z "), "{stat}");
    let stopped = verb(&sandbox, &["stop"]).run().expect_code(0);
    assert!(stopped.stdout.contains("not running"), "{stopped:?}");
    parent.kill();
}
