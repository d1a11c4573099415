//! Promise 34: `start` waits for the daemon that is starting already, and `restart` starts a new one
//! when the old one has ended.

use daemon_tests::{PIDFILE, Sandbox, fixture, is_root, skip};

use crate::daemon::{runs, start, verb};

daemon_tests::tests![
    a_start_of_what_runs_is_a_success,
    a_start_of_what_is_starting_waits_for_it,
    a_start_of_what_fails_to_start_fails,
    a_start_of_what_is_in_the_foreground_fails,
    without_the_verb_it_runs_already,
    a_restart_replaces_the_daemon,
    a_restart_without_a_daemon_starts_one,
    a_restart_of_what_does_not_end_starts_nothing,
    a_restart_names_missing_arguments,
    a_daemon_in_another_usual_place_is_the_same_one,
];

fn a_start_of_what_runs_is_a_success() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["notify"]);
    let words = ["start", "mode=background", "notify", "stop"];
    let started = verb(&sandbox, &words).run().expect_code(0);
    let text = format!("reloads: already running: pid {}\n", daemon.pid());
    assert_eq!(started.stdout, text);
    assert_eq!(sandbox.only_process().pid(), daemon.pid());
}

fn a_start_of_what_is_starting_waits_for_it() {
    let sandbox = Sandbox::new();
    let steps = ["wait:go", "notify", "stop"];
    let mut first = start(&sandbox, &steps).spawn();
    let daemon = sandbox.process_in(PIDFILE);
    let mut second = verb(&sandbox, &["start", "mode=background"]).args(steps).spawn();
    sandbox.wait_until("it waits", || second.process().status("State").starts_with('S'));
    assert!(!second.has_ended());
    sandbox.file("go", 0o600, "");
    assert_eq!(first.wait().code(), 0);
    let second = second.wait().expect_code(0);
    assert!(second.stdout.contains(&format!("already running: pid {}", daemon.pid())));
}

fn a_start_of_what_fails_to_start_fails() {
    let sandbox = Sandbox::new();
    let steps = ["wait:go", "fail"];
    let mut first = start(&sandbox, &steps).spawn();
    sandbox.process_in(PIDFILE);
    let mut second = verb(&sandbox, &["start", "mode=background"]).args(steps).spawn();
    sandbox.wait_until("it waits", || second.process().status("State").starts_with('S'));
    sandbox.file("go", 0o600, "");
    assert_ne!(first.wait().code(), 0);
    let second = second.wait();
    assert_ne!(second.code(), 0, "{second:?}");
    sandbox.assert_nothing_left();
}

/// Whoever has it at a terminal has it there.
fn a_start_of_what_is_in_the_foreground_fails() {
    let sandbox = Sandbox::new();
    let words = ["mode=foreground", "notify", "say:here", "stop"];
    let mut first = sandbox.start(fixture!("reloads")).args(words).spawn();
    first.wait_for_text("here");
    let words = ["start", "mode=background", "notify", "stop"];
    let second = verb(&sandbox, &words).run().expect_code(75);
    assert!(second.stderr.contains("already running"), "{second:?}");
    first.kill();
}

/// Whoever does not say `start` wants to know.
fn without_the_verb_it_runs_already() {
    let sandbox = Sandbox::new();
    runs(&sandbox, &["notify"]);
    start(&sandbox, &["notify", "stop"]).run().expect_code(75);
}

fn a_restart_replaces_the_daemon() {
    let sandbox = Sandbox::new();
    let old = runs(&sandbox, &["notify"]);
    let words = ["restart", "mode=background", "notify", "stop"];
    verb(&sandbox, &words).run().expect_code(0);
    assert!(!old.is_alive());
    let new = sandbox.process_in(PIDFILE);
    assert_ne!(new.pid(), old.pid());
    assert_eq!(sandbox.only_process().pid(), new.pid());
}

fn a_restart_without_a_daemon_starts_one() {
    let sandbox = Sandbox::new();
    let restarted = sandbox.start(fixture!("controlled")).arg("restart");
    let restarted = restarted.env("DAEMON_DIRECTORY", sandbox.path()).run().expect_code(0);
    assert!(restarted.stderr.contains("not running"), "{restarted:?}");
    let daemon = sandbox.process_in("controlled.pid");
    sandbox.end(&daemon, daemon_tests::Signal::SIGTERM);
}

fn a_restart_of_what_does_not_end_starts_nothing() {
    let sandbox = Sandbox::new();
    let old = runs(&sandbox, &["hold:job", "notify"]);
    let words = ["restart", "--timeout", "0.2", "mode=background", "notify", "stop"];
    let restarted = verb(&sandbox, &words).run().expect_code(1);
    assert!(restarted.stderr.contains("nothing was started"), "{restarted:?}");
    assert_eq!(sandbox.only_process().pid(), old.pid());
}

fn a_restart_names_missing_arguments() {
    let sandbox = Sandbox::new();
    runs(&sandbox, &["umask=077", "notify"]);
    let words = ["restart", "mode=background", "notify", "stop"];
    let restarted = verb(&sandbox, &words).run().expect_code(0);
    assert!(restarted.stderr.contains("umask=077"), "{restarted:?}");
}

/// The usual place depends on who starts it.
fn a_daemon_in_another_usual_place_is_the_same_one() {
    if !is_root() {
        skip!("needs root: has a file in /run");
    }
    let sandbox = Sandbox::new();
    let name = format!("controlled-{}", std::process::id());
    let program = sandbox.join(&name);
    sandbox.start("cp").arg(fixture!("reloads")).arg(&program).run().expect_code(0);
    let at = format!("/run/{name}/{name}.pid");
    let other = RemovedAtEnd(format!("/run/{name}").into());
    std::fs::create_dir(&other.0).expect("a directory");
    let words = ["mode=background", &format!("name={name}"), "notify", "stop"];
    let first = sandbox.start(&program).args(words).arg(format!("pidfile={at}"));
    first.run().expect_code(0);
    let daemon = sandbox.process_in(&at);
    let again = sandbox.start(&program).args(words).arg("pidfile=usual").run().expect_code(75);
    assert!(again.stderr.contains(&format!("pid {} holds {at}", daemon.pid())), "{again:?}");
    let start = sandbox.start(&program).args(["daemon", "start"]).args(words);
    start.arg("pidfile=usual").run().expect_code(0);
    let stop = sandbox.start(&program).args(["daemon", "stop"]).args(words);
    stop.arg("pidfile=usual").run().expect_code(0);
    sandbox.assert_nothing_left();
}

struct RemovedAtEnd(std::path::PathBuf);

impl Drop for RemovedAtEnd {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
