//! Promise 31: a verb finds the daemon by the kernel's word, whatever /proc shows, and where that is
//! nobody who can be proved, it signals nobody and says who could.

use std::fs;

use daemon_tests::{
    AS_NOBODY, NOBODY, PIDFILE, Process, Running, STRANGER, Sandbox, Signal, Start, fixture,
    is_root, require_program, skip,
};

use crate::daemon::verb;

daemon_tests::tests![
    below_hidepid_a_user_controls_their_own_daemon,
    below_hidepid_root_controls_a_users_daemon,
    below_hidepid_root_controls_a_daemon_that_became_a_user,
    below_hidepid_another_user_is_told_whom_to_ask,
    without_proc_what_cannot_be_seen_is_not_guessed,
    the_host_controls_what_is_process_1_elsewhere,
    a_process_namespace_does_not_reach_the_host,
    a_process_namespace_does_not_reach_another,
    a_lock_whose_holder_does_not_show_is_not_nobodys,
    what_proc_shows_of_another_process_is_not_the_daemons,
    process_1_is_not_killed_from_inside,
];

const HIDEPID: &str = "mount -t proc -o hidepid=2 proc /proc";

/// A daemon of this user's, in their own directory, started where /proc hides the processes of others.
fn daemon_of_nobody(sandbox: &Sandbox) -> Process {
    sandbox.directory("theirs", 0o755);
    sandbox.owner("theirs", NOBODY, NOBODY);
    let program = sandbox.install(fixture!("reloads"));
    let words = ["here=theirs", "mode=background", "events:done", "notify:here", "stop"];
    let start = sandbox.start(program).args(words).under(AS_NOBODY).where_mounted(HIDEPID);
    start.run().expect_code(0);
    sandbox.process_in("theirs/daemon.pid")
}

/// A verb of the fixture in the sandbox's directory.
fn installed<'a>(sandbox: &'a Sandbox, words: &[&str]) -> Start<'a> {
    sandbox.start(sandbox.join("reloads")).arg("daemon").args(words)
}

fn as_user(start: Start<'_>, user: u32) -> Start<'_> {
    let [user, group] = ["--reuid", "--regid"].map(|id| format!("{id}={user}"));
    start.under(["setpriv", &user, &group, "--clear-groups", "--"])
}

fn below_hidepid_a_user_controls_their_own_daemon() {
    let sandbox = Sandbox::new();
    let daemon = daemon_of_nobody(&sandbox);
    let theirs = |words: &[&str]| {
        let start = installed(&sandbox, words).arg("here=theirs").under(AS_NOBODY);
        start.where_mounted(HIDEPID).run().expect_code(0).stdout
    };
    let shown = theirs(&["status"]);
    assert!(shown.starts_with(&format!("reloads: running\npid: {}\n", daemon.pid())), "{shown}");
    assert!(shown.contains("\nmessage: here\n"), "{shown}");
    assert_eq!(theirs(&["reload"]), "reloads: reloaded: read anew\n");
    assert_eq!(theirs(&["stop"]), format!("reloads: stopped (pid {})\n", daemon.pid()));
    assert!(!daemon.is_alive());
}

fn below_hidepid_root_controls_a_users_daemon() {
    let sandbox = Sandbox::new();
    let daemon = daemon_of_nobody(&sandbox);
    for words in [&["status"][..], &["reload"], &["stop"]] {
        let start = installed(&sandbox, words).arg("here=theirs").where_mounted(HIDEPID);
        start.run().expect_code(0);
    }
    assert!(!daemon.is_alive());
}

fn below_hidepid_root_controls_a_daemon_that_became_a_user() {
    let sandbox = Sandbox::new();
    let program = sandbox.install(fixture!("reloads"));
    let words = ["uid=65534", "mode=background", "events:done", "notify", "stop"];
    sandbox.start(program).args(words).where_mounted(HIDEPID).run().expect_code(0);
    let daemon = sandbox.process_in(PIDFILE);
    // Its own user may neither look at root's pidfile nor be misled by it.
    let status = installed(&sandbox, &["status"]).under(AS_NOBODY).where_mounted(HIDEPID);
    let shown = status.run().expect_code(4).stdout;
    assert!(shown.contains("only root can look at it: ask as root"), "{shown}");
    for words in [&["status"][..], &["reload"], &["stop"]] {
        installed(&sandbox, words).where_mounted(HIDEPID).run().expect_code(0);
    }
    assert!(!daemon.is_alive());
}

fn below_hidepid_another_user_is_told_whom_to_ask() {
    let sandbox = Sandbox::new();
    let daemon = daemon_of_nobody(&sandbox);
    for words in [&["status"][..], &["reload"], &["stop", "--timeout", "1", "--kill"]] {
        let start = as_user(installed(&sandbox, words).arg("here=theirs"), STRANGER);
        let ended = start.where_mounted(HIDEPID).run().expect_code(4);
        let said = format!("{}{}", ended.stdout, ended.stderr);
        assert!(said.contains("only nobody can look at it: ask as nobody"), "{ended:?}");
    }
    assert!(daemon.is_alive());
}

/// Root's pidfile nobody else could have locked; a user's could be anybody's.
fn without_proc_what_cannot_be_seen_is_not_guessed() {
    const NO_PROC: &str = "mount -t tmpfs none /proc";
    let sandbox = Sandbox::new();
    let words = ["mode=background", "events:done", "notify:here", "stop"];
    sandbox.start(fixture!("reloads")).args(words).run().expect_code(0);
    let daemon = sandbox.process_in(PIDFILE);
    let shown = verb(&sandbox, &["status"]).where_mounted(NO_PROC).run().expect_code(0).stdout;
    assert!(shown.starts_with(&format!("reloads: running\npid: {}\n", daemon.pid())), "{shown}");
    // SIGHUP would end a daemon that does not handle it.
    let reload = verb(&sandbox, &["reload"]).where_mounted(NO_PROC).run().expect_code(4);
    assert!(reload.stderr.contains("ask where /proc is"), "{reload:?}");
    let theirs = daemon_of_nobody(&sandbox);
    let words = ["stop", "here=theirs"];
    let stop = verb(&sandbox, &words).where_mounted(NO_PROC).run().expect_code(4);
    assert!(stop.stderr.contains("cannot be seen"), "{stop:?}");
    assert!(daemon.is_alive() && theirs.is_alive());
    verb(&sandbox, &["stop"]).where_mounted(NO_PROC).run().expect_code(0);
    assert!(!daemon.is_alive());
}

/// One that is process 1 of a process namespace, and knows itself by that number, and its number here.
fn process_1<'a>(sandbox: &'a Sandbox, place: &str, steps: &[&str]) -> (Running<'a>, Process) {
    let words = [&["mode=foreground"][..], steps].concat();
    let start = sandbox.start(fixture!("reloads")).arg(format!("here={place}")).args(words);
    let namespace = start.as_process_1().spawn();
    let pidfile = sandbox.join(place).join(PIDFILE);
    let daemon = sandbox.wait_for("it is process 1", || {
        let is_it =
            |process: &Process| process.is_called("reloads") && process.holds_flock_of(&pidfile);
        sandbox.processes().into_iter().find(is_it)
    });
    assert_eq!(daemon.number_inside(), "1");
    sandbox.wait_until("its number is there", || sandbox.read(&pidfile) == "1\n");
    // Before that it may not have asked for its stop yet, and SIGTERM would end it.
    let state = sandbox.join(place).join("daemon.state");
    sandbox.wait_until("it is ready", || {
        let said = fs::read(&state).unwrap_or_default();
        String::from_utf8_lossy(&said).contains("\nphase=ready\n")
    });
    (namespace, daemon)
}

fn the_host_controls_what_is_process_1_elsewhere() {
    let sandbox = Sandbox::new();
    let (mut namespace, daemon) = process_1(&sandbox, ".", &["events:done", "notify:in", "stop"]);
    let shown = verb(&sandbox, &["status"]).run().expect_code(0).stdout;
    assert!(shown.starts_with(&format!("reloads: running\npid: {}\n", daemon.pid())), "{shown}");
    assert!(shown.contains("\nmessage: in\n"), "{shown}");
    verb(&sandbox, &["reload"]).run().expect_code(0);
    let stopped = verb(&sandbox, &["stop", "--anyway"]).run().expect_code(0);
    assert_eq!(stopped.stdout, format!("reloads: stopped (pid {})\n", daemon.pid()));
    namespace.wait();
}

#[track_caller]
fn assert_is_elsewhere(start: Start<'_>) {
    let ended = start.run().expect_code(4);
    let said = format!("{}{}", ended.stdout, ended.stderr);
    assert!(
        said.contains("the process that holds it is in another process namespace"),
        "{ended:?}"
    );
    assert!(said.contains("ask there, or on the host"), "{ended:?}");
}

const VERBS: [&[&str]; 3] =
    [&["status"], &["reload"], &["stop", "--timeout", "1", "--kill", "--anyway"]];

fn a_process_namespace_does_not_reach_the_host() {
    let sandbox = Sandbox::new();
    let words = ["mode=background", "events:done", "notify", "stop"];
    sandbox.start(fixture!("reloads")).args(words).run().expect_code(0);
    let daemon = sandbox.process_in(PIDFILE);
    for words in VERBS {
        assert_is_elsewhere(verb(&sandbox, words).as_process_1());
    }
    assert!(daemon.is_alive());
}

/// The number in the file is there another process's: its own.
fn a_process_namespace_does_not_reach_another() {
    let sandbox = Sandbox::new();
    let (mut namespace, daemon) = process_1(&sandbox, ".", &["events:done", "notify", "stop"]);
    for words in VERBS {
        assert_is_elsewhere(verb(&sandbox, words).as_process_1());
    }
    assert!(daemon.is_alive());
    daemon.signal(Signal::SIGTERM);
    namespace.wait();
}

/// The holder, outside, has the lock of flock(2) alone, which /proc/locks does not show inside.
fn a_lock_whose_holder_does_not_show_is_not_nobodys() {
    let sandbox = Sandbox::new();
    sandbox.file(PIDFILE, 0o600, "");
    let line = "exec 9>>daemon.pid && flock 9 && echo $$ >&9 && echo locked && exec sleep 1000";
    let mut holding = sandbox.shell(line).spawn();
    holding.wait_for_text("locked");
    let stop = verb(&sandbox, &["stop", "--timeout", "1"]).as_process_1().run().expect_code(4);
    assert!(stop.stderr.contains("locked by a process that does not show here"), "{stop:?}");
    assert!(sandbox.join(PIDFILE).exists());
    holding.kill();
    verb(&sandbox, &["stop"]).as_process_1().run().expect_code(0);
    assert!(!sandbox.join(PIDFILE).exists());
}

/// In a process namespace where /proc is still that of outside, the daemon's number is another's there:
/// process 1 is init.
fn what_proc_shows_of_another_process_is_not_the_daemons() {
    if !is_root() {
        skip!("needs root: makes a process namespace");
    }
    require_program("unshare", "util-linux");
    let sandbox = Sandbox::new();
    let program = fixture!("reloads");
    let script = format!(
        "{program} mode=background notify stop\n\
         {program} daemon reload --timeout 1; echo reload $?\n\
         {program} daemon status; echo status $?\n\
         {program} daemon stop; echo stop $?\n"
    );
    let script = sandbox.file("script", 0o600, &script);
    let unshare = ["unshare", "--pid", "--fork", "--kill-child"];
    let ended = sandbox.start("sh").under(unshare).arg(&script).run().expect_code(0);
    assert!(ended.stdout.contains("reload 4\nreloads: running\n"), "{ended:?}");
    assert!(ended.stderr.contains("whether process"), "{ended:?}");
    assert!(ended.stdout.contains("\nphase: ready\n"), "{ended:?}");
    assert!(ended.stdout.contains("status 0\nreloads: stopped (pid"), "{ended:?}");
    assert!(ended.stdout.ends_with("stop 0\n"), "{ended:?}");
}

/// The kernel keeps the signal from it, so it would be waited for in vain.
fn process_1_is_not_killed_from_inside() {
    if !is_root() {
        skip!("needs root: enters a process namespace");
    }
    require_program("nsenter", "util-linux");
    let sandbox = Sandbox::new();
    let (namespace, daemon) = process_1(&sandbox, ".", &["hold:a job", "notify"]);
    let target = daemon.pid().to_string();
    let inside = ["nsenter", "--pid", "--mount", "--target", &target];
    let words = ["stop", "--timeout", "0.2", "--kill", "--anyway"];
    let start = verb(&sandbox, &words).arg(format!("here={}", sandbox.path().display()));
    let ended = start.under(inside).run().expect_code(4);
    let text = "process 1 cannot be killed from inside its container: use the engine's own command";
    assert!(ended.stderr.contains(text), "{ended:?}");
    assert!(daemon.is_alive());
    namespace.kill();
}
