//! Promise 16: the same program, unchanged, is what start-stop-daemon(8) starts: as a script does,
//! or waiting to be told of its readiness.

use std::os::unix::fs::symlink;

use daemon_tests::{PIDFILE, Sandbox, Start, Supervised, WAITS, require_program};

daemon_tests::tests![
    started_plainly_it_is_in_the_background,
    told_to_wait_it_returns_when_the_program_is_ready,
    told_to_wait_below_a_unit_it_returns_when_the_program_is_ready,
    told_to_wait_it_tells_why_the_start_failed,
    told_to_wait_it_tells_that_the_program_failed,
];

const NOTIFIED: &str =
    "foreground: NOTIFY_SOCKET is set: a supervisor waits to be told of readiness";

/// start-stop-daemon(8) with these options, and these words for the program.
///
/// It is told the pidfile, or it would take any process of the same program for the daemon.
fn start<'a>(
    sandbox: &'a Sandbox,
    program: &Supervised<'a>,
    options: &[&str],
    words: &[&str],
) -> Start<'a> {
    command(sandbox, program, "--start").args(options).arg("--").arg(program.here()).args(words)
}

fn command<'a>(sandbox: &'a Sandbox, program: &Supervised<'a>, what: &str) -> Start<'a> {
    require_program("start-stop-daemon", "dpkg");
    let command = sandbox.start("start-stop-daemon").args([what, "--pidfile"]);
    command.arg(sandbox.join(PIDFILE)).arg("--exec").arg(program.path())
}

/// Stopped by start-stop-daemon(8), which waits for its end.
fn stop(sandbox: &Sandbox, program: &Supervised<'_>) {
    command(sandbox, program, "--stop").args(["--retry", "TERM/15"]).run().expect_code(0);
    sandbox.assert_nothing_left();
}

fn started_plainly_it_is_in_the_background() {
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    start(&sandbox, &program, &[], &[]).run().expect_code(0);
    program.process("background: nothing supervises it");
    // Once is enough: it is told so, and that this is no failure.
    start(&sandbox, &program, &["--oknodo"], &[]).run().expect_code(0);
    program.process("background: nothing supervises it");
    stop(&sandbox, &program);
}

/// It is not to wait as long as the test.
const WAIT: [&str; 4] = ["--background", "--notify-await", "--notify-timeout", "15"];

fn returns_when_the_program_is_ready(surroundings: impl FnOnce(Start<'_>) -> Start<'_>) {
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    let words = [&["start_timeout=never", "status:replaying journal"], &WAITS[..]].concat();
    let mut command = surroundings(start(&sandbox, &program, &WAIT, &words)).spawn();
    program.wait_until_it_waits();
    assert!(!command.has_ended(), "{command:?}");
    sandbox.release("go");
    command.wait().expect_code(0);
    program.process(NOTIFIED);
    drop(command);
    stop(&sandbox, &program);
}

fn told_to_wait_it_returns_when_the_program_is_ready() {
    returns_when_the_program_is_ready(|start| start);
}

/// A script in `/etc/init.d`, as systemd starts it.
fn told_to_wait_below_a_unit_it_returns_when_the_program_is_ready() {
    returns_when_the_program_is_ready(|start| start.env("SYSTEMD_EXEC_PID", "1"));
}

fn told_to_wait_it_tells_that_the_program_failed() {
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    let finished =
        start(&sandbox, &program, &WAIT, &["error:no such backend"]).run().expect_code(2);
    assert!(
        finished.stderr.ends_with("program failed to initialize (Operation canceled)\n"),
        "{finished:?}"
    );
    program.started_once(NOTIFIED);
    sandbox.assert_nothing_left();
}

/// It learns the number of the error, ELOOP here, at once; it is not the program's parent.
fn told_to_wait_it_tells_why_the_start_failed() {
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    symlink("another.pid", sandbox.join(PIDFILE)).expect("a link");
    let finished = start(&sandbox, &program, &WAIT, &[]).run().expect_code(2);
    let message = "program failed to initialize (Too many levels of symbolic links)\n";
    assert!(finished.stderr.ends_with(message), "{finished:?}");
    program.started_once(NOTIFIED);
    sandbox.assert_nothing_left();
}
