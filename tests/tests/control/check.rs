//! Promise 37: `check` says what a start would do and everything that would make it fail at once, and
//! changes nothing.

use std::fs;

use daemon_tests::{
    NOBODY, PIDFILE, Sandbox, Start, fixture, is_root, require_program, skip, told,
};

use crate::daemon::{runs, verb};

daemon_tests::tests![
    a_start_that_would_succeed_is_shown,
    everything_that_is_wrong_is_said_at_once,
    a_daemon_that_runs_is_named,
    nothing_is_made_locked_or_bound,
    in_the_daemon_itself_the_lock_stays,
    as_json,
    what_check_finds_the_start_finds,
    a_usual_place_that_cannot_be_made_is_named,
    passed_sockets_that_cannot_be_taken_are_named,
    a_restart_that_would_fail_leaves_the_old_one_running,
];

fn check<'a>(sandbox: &'a Sandbox, words: &[&str]) -> Start<'a> {
    verb(sandbox, &["check", "mode=background"]).args(words)
}

fn a_start_that_would_succeed_is_shown() {
    let sandbox = Sandbox::new();
    let shown = check(&sandbox, &["stderr=@/log", "core=0"]).run().expect_code(0);
    for line in [
        "mode:          background: ",
        &format!("pidfile:       {}: free\n", sandbox.join(PIDFILE).display()),
        &format!("stderr:        {}\n", sandbox.join("log").display()),
        "limits:        core 0:0\n",
        "start_timeout: 60 s\n",
        "umask:         0027\n",
        "a start would succeed",
    ] {
        assert!(shown.stdout.contains(line), "{line:?}\n{}", shown.stdout);
    }
    assert_eq!(shown.stderr, "");
    assert!(!sandbox.join(PIDFILE).exists() && !sandbox.join("log").exists());
}

fn everything_that_is_wrong_is_said_at_once() {
    let sandbox = Sandbox::new();
    sandbox.fifo("fifo");
    sandbox.directory("a directory", 0o755);
    let words = ["pidfile=@/fifo", "stderr=@/a directory", "stdout=@/nowhere/log", "chdir=/none"];
    let shown = check(&sandbox, &words).arg("user=nobody-of-this-name").run();
    let failures = shown.stdout.lines().filter(|line| line.starts_with("a start would fail: "));
    assert_eq!(failures.count(), 4, "{}", shown.stdout);
    for part in ["nobody-of-this-name", "fifo", "a directory", "nowhere"] {
        assert!(shown.stdout.contains(part), "{part}: {}", shown.stdout);
    }
    assert_eq!(shown.code(), 67, "that of the first failure");
}

fn a_daemon_that_runs_is_named() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["notify"]);
    let shown = check(&sandbox, &[]).run().expect_code(75);
    assert!(shown.stdout.contains(&format!("already running: pid {}", daemon.pid())), "{shown:?}");
}

fn nothing_is_made_locked_or_bound() {
    let strace = require_program("strace", "strace");
    let sandbox = Sandbox::new();
    sandbox.file("log", 0o600, "");
    let trace = sandbox.join("trace");
    let under = [strace.as_os_str(), "-f".as_ref(), "-o".as_ref(), trace.as_os_str()];
    let words = ["stderr=@/log", "stdout=@/new", "core=0"];
    check(&sandbox, &words).under(under).run().expect_code(0);
    let calls = sandbox.read("trace");
    assert!(calls.contains("daemon.pid"), "{calls}");
    for forbidden in ["O_CREAT", "flock(", "bind(", "F_SETLK", "mkdir", "unlink", "fork", "setsid"]
    {
        let found = calls.lines().find(|line| line.contains(forbidden));
        assert_eq!(found, None, "{forbidden}");
    }
    let is_ours = |line: &&str| line.contains(sandbox.path().to_str().expect("UTF-8"));
    let written = calls.lines().filter(is_ours).find(|line| {
        line.contains("open") && (line.contains("O_WRONLY") || line.contains("O_RDWR"))
    });
    assert_eq!(written, None);
    assert!(!sandbox.join("new").exists());
}

fn as_json() {
    let sandbox = Sandbox::new();
    let shown = verb(&sandbox, &["check", "--json", "mode=background", "chdir=/none"]).run();
    let json: serde_json::Value = serde_json::from_str(&shown.stdout).expect("JSON");
    assert_eq!(json["schema"], 1);
    assert_eq!(json["would_start"], false);
    assert_eq!(json["plan"]["umask"], "0027");
    assert_eq!(json["failures"][0]["status"], shown.code());
    let message = json["failures"][0]["message"].as_str().expect("a message");
    assert!(message.contains("/none"), "{message}");
    // What `configure` prints does not come between.
    let start = told(&sandbox, ["mode=background", "notify"]);
    start.run().expect_code(0);
}

/// The start of the same words ends with the same status and the same reason.
fn what_check_finds_the_start_finds() {
    let sandbox = Sandbox::new();
    sandbox.fifo("fifo");
    sandbox.file("text", 0o600, "not a number\n");
    sandbox.directory("directory", 0o755);
    sandbox.file("two", 0o600, "");
    fs::hard_link(sandbox.join("two"), sandbox.join("links")).expect("a link");
    sandbox.directory("open", 0o1777);
    std::os::unix::fs::symlink("text", sandbox.join("symlink")).expect("a link");
    let assert_same = |word: &str| {
        let checked = check(&sandbox, &[word, "notify", "stop"]).run();
        let start = sandbox.start(fixture!("reloads")).args(["mode=background", word, "notify"]);
        let started = start.run();
        assert_ne!(started.code(), 0, "{word}");
        assert_eq!(checked.code(), started.code(), "{word}: {checked:?}\n{started:?}");
        let reason = started.stderr.lines().last().and_then(|line| line.split_once(": "));
        let reason = reason.expect("a reason").1;
        assert!(checked.stdout.contains(reason), "{word}: {reason}\n{}", checked.stdout);
    };
    for word in [
        "pidfile=@/fifo",
        "pidfile=@/text",
        "pidfile=@/two",
        "pidfile=@/symlink",
        "pidfile=@/nowhere/x.pid",
        "pidfile=@/text/x.pid",
        "stderr=@/directory",
        "stderr=@/symlink",
        "stderr=@/nowhere/log",
        "chdir=/nowhere",
        "chdir=/dev/null",
        "user=no-such-user",
        "start_timeout=0",
        "nofile=5,4",
    ] {
        assert_same(word);
    }
    if !is_root() {
        skip!("needs root: becomes another user");
    }
    assert_same("stderr=@/open/log");
    let program = sandbox.install(fixture!("reloads"));
    sandbox.file("roots", 0o600, "");
    for word in ["pidfile=@/x.pid", "stderr=@/log", "stderr=@/roots", "pidfile=@/roots"] {
        let words = ["mode=background", "pidfile=none", word, "notify"];
        let as_nobody = |verb: &[&str]| {
            sandbox.start(&program).args(verb).args(words).user(NOBODY, NOBODY).run()
        };
        let checked = as_nobody(&["daemon", "check"]);
        let started = as_nobody(&[]);
        assert_ne!(started.code(), 0, "{word}");
        assert_eq!(checked.code(), started.code(), "{word}: {checked:?}\n{started:?}");
    }
}

/// Root makes nothing below a directory that others can write to.
fn a_usual_place_that_cannot_be_made_is_named() {
    let sandbox = Sandbox::new();
    if !is_root() {
        skip!("needs root: makes directories for everybody");
    }
    let open = sandbox.directory("open", 0o1777);
    for (directory, is_possible) in [(open.join("new"), false), (sandbox.join("new"), true)] {
        let there = |start: Start<'_>| start.env("DAEMON_DIRECTORY", &directory).run();
        let words = ["pidfile=usual", "stderr=usual", "notify", "stop"];
        let checked = there(check(&sandbox, &words));
        assert!(!directory.exists());
        let start = sandbox.start(fixture!("reloads")).arg("mode=background").args(words);
        let started = there(start);
        assert_eq!(started.code(), if is_possible { 0 } else { 73 }, "{started:?}");
        assert_eq!(checked.code(), started.code(), "{checked:?}\n{started:?}");
    }
}

/// Whoever passes sockets has miscounted.
fn passed_sockets_that_cannot_be_taken_are_named() {
    let sandbox = Sandbox::new();
    let passed = |start: Start<'_>| {
        let start = start.env_own_pid("LISTEN_PID").env("LISTEN_FDS", "two");
        start.run().expect_code(78)
    };
    let checked = passed(check(&sandbox, &["notify"]));
    assert!(checked.stdout.contains("LISTEN_FDS is \"two\""), "{checked:?}");
    let started = sandbox.start(fixture!("reloads")).args(["mode=background", "notify", "stop"]);
    let started = passed(started);
    assert!(started.stderr.contains("LISTEN_FDS is \"two\""), "{started:?}");
}

fn a_restart_that_would_fail_leaves_the_old_one_running() {
    let sandbox = Sandbox::new();
    let old = runs(&sandbox, &["notify"]);
    let words = ["restart", "mode=background", "chdir=/none", "notify", "stop"];
    let restarted = verb(&sandbox, &words).run().expect_code(78);
    assert!(restarted.stderr.contains("nothing was stopped"), "{restarted:?}");
    assert!(restarted.stderr.contains("/none"), "{restarted:?}");
    assert_eq!(sandbox.only_process().pid(), old.pid());
}

/// With any descriptor of the pidfile that it closes, the daemon would lose the lock by which the
/// kernel names it, see fcntl(2).
fn in_the_daemon_itself_the_lock_stays() {
    let sandbox = Sandbox::new();
    let words = ["stderr=@/log", "notify", "check", "note:checked"];
    let daemon = runs(&sandbox, &words);
    sandbox.wait_until("it has checked", || sandbox.join("checked").exists());
    let told = format!("already running: pid {} holds", daemon.pid());
    assert!(sandbox.read("log").contains(&told), "{}", sandbox.read("log"));
    let locks = fs::read_to_string("/proc/locks").expect("the locks");
    let is_its = |line: &&str| line.contains(&format!(" {} ", daemon.pid()));
    let locked: Vec<_> = locks.lines().filter(is_its).collect();
    assert!(locked.iter().any(|line| line.contains("POSIX")), "{locked:?}");
}
