//! Promise 39: what a daemon with verbs knows of itself is in a file beside its pidfile, which can be
//! read whatever becomes of the daemon, and costs next to nothing.

use std::{
    fs,
    os::unix::fs::{MetadataExt, symlink},
    path::{Path, PathBuf},
};

use daemon_tests::{NOBODY, PIDFILE, Sandbox, Signal, fixture, is_root, require_program, skip};

use crate::daemon::{runs, start};

daemon_tests::tests![
    it_says_what_the_daemon_is,
    it_is_for_the_owner_and_the_group_whatever_the_umask_was,
    its_mode_is_less_what_the_umask_takes,
    without_verbs_there_is_none,
    it_follows_the_daemon_to_its_end,
    a_start_that_fails_leaves_none,
    a_daemon_that_is_killed_while_it_starts_leaves_none,
    what_is_left_of_another_daemon_is_written_over,
    a_symbolic_link_is_refused,
    a_fifo_is_refused,
    a_directory_is_refused,
    a_file_with_a_second_link_is_refused,
    a_file_of_another_user_is_refused,
    a_file_with_other_content_is_refused,
    check_refuses_what_the_start_does,
    a_log_of_the_same_name_is_refused,
    a_forked_child_writes_nothing,
    another_file_with_the_number_of_its_descriptor_is_left_alone,
    a_forked_child_keeps_the_files_that_have_the_numbers_of_ours,
    a_daemon_that_becomes_another_user_keeps_no_descriptor,
    it_takes_few_system_calls,
];

const STATE: &str = "daemon.state";

/// The newest whole state, as lines.
fn state(path: impl AsRef<Path>) -> String {
    let file = fs::read(path).expect("a state file");
    assert_eq!(file.len(), 8192);
    let slots = file.chunks(4096).filter_map(|slot| {
        let end = slot.iter().position(|byte| *byte == 0)?;
        let text = String::from_utf8_lossy(&slot[..end]).into_owned();
        let sequence = u64::from_str_radix(text.split(' ').nth(3)?, 16).ok()?;
        Some((sequence, text))
    });
    slots.max().expect("a state").1
}

/// What it says to this key.
fn value(sandbox: &Sandbox, key: &str) -> Option<String> {
    let state = state(sandbox.join(STATE));
    let value = state.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    value.map(str::to_owned)
}

#[track_caller]
fn wait_for(sandbox: &Sandbox, key: &str, expected: &str) {
    sandbox.wait_until(&format!("{key}={expected}"), || {
        value(sandbox, key).as_deref() == Some(expected)
    });
}

fn it_says_what_the_daemon_is() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["stderr=@/log", "status:at work", "notify:here I am"]);
    let log = sandbox.join("log");
    for (key, expected) in [
        ("pid", &*daemon.pid().to_string()),
        ("name", "reloads"),
        ("version", "0.0.0"),
        ("mode", "background"),
        ("supervisor", "not-looked-for"),
        ("why", "the program says so (`mode`)"),
        ("phase", "ready"),
        ("status", "at work"),
        ("ready", "here I am"),
        ("holds", "0"),
        ("reloads_done", "0"),
        ("log", &log.display().to_string()),
    ] {
        assert_eq!(value(&sandbox, key).as_deref(), Some(expected), "{key}");
    }
}

fn mode(sandbox: &Sandbox) -> u32 {
    fs::metadata(sandbox.join(STATE)).expect("a state file").mode() & 0o7777
}

fn it_is_for_the_owner_and_the_group_whatever_the_umask_was() {
    for umask in [0, 0o022, 0o077, 0o777] {
        let sandbox = Sandbox::new();
        start(&sandbox, &["notify", "stop"]).umask(umask).run().expect_code(0);
        assert_eq!(mode(&sandbox), 0o640, "with umask {umask:o}");
    }
}

fn its_mode_is_less_what_the_umask_takes() {
    let sandbox = Sandbox::new();
    runs(&sandbox, &["umask=077", "notify"]);
    assert_eq!(mode(&sandbox), 0o600);
}

fn without_verbs_there_is_none() {
    let sandbox = Sandbox::new();
    runs(&sandbox, &["control=off", "notify"]);
    assert!(!sandbox.join(STATE).exists());
}

fn it_follows_the_daemon_to_its_end() {
    let sandbox = Sandbox::new();
    let steps = ["starting:half of it", "wait:begin", "events:refused", "hold:a job", "hold:a job"];
    let mut command = start(&sandbox, &steps).args(["release:go", "notify", "stop"]).spawn();
    let daemon = sandbox.process_in(PIDFILE);
    sandbox.wait_until("there is a state", || sandbox.join(STATE).exists());
    wait_for(&sandbox, "status", "half of it");
    assert_eq!(value(&sandbox, "phase").as_deref(), Some("starting"));
    sandbox.file("begin", 0o600, "");
    assert_eq!(command.wait().code(), 0);
    assert_eq!(value(&sandbox, "phase").as_deref(), Some("ready"));
    assert_eq!(value(&sandbox, "status"), None, "that of the start is out of date");
    wait_for(&sandbox, "hold", "2 a job");

    daemon.signal(Signal::SIGHUP);
    wait_for(&sandbox, "reloads_done", "1");
    assert_eq!(value(&sandbox, "reload").as_deref(), Some("refused"));
    assert_eq!(value(&sandbox, "reload_text").as_deref(), Some("line 3 is wrong"));
    wait_for(&sandbox, "phase", "ready");

    daemon.signal(Signal::SIGTERM);
    wait_for(&sandbox, "phase", "stopping");
    assert!(value(&sandbox, "status").is_some_and(|it| it.starts_with("stopping: SIGTERM from")));
    sandbox.file("go1", 0o600, "");
    wait_for(&sandbox, "hold", "1 a job");
    sandbox.file("go2", 0o600, "");
    daemon.wait_for_death();
    assert_eq!(value(&sandbox, "phase").as_deref(), Some("ended"));
    assert_eq!(value(&sandbox, "holds").as_deref(), Some("0"));
    assert!(!sandbox.join(PIDFILE).exists());
}

fn a_start_that_fails_leaves_none() {
    for words in [&["stderr=@/nowhere/log"][..], &["step-that-is-none"]] {
        let sandbox = Sandbox::new();
        let finished = start(&sandbox, words).run();
        assert_ne!(finished.code(), 0);
        assert!(!sandbox.join(STATE).exists(), "{words:?}");
        assert!(!sandbox.join(PIDFILE).exists(), "{words:?}");
    }
}

fn a_daemon_that_is_killed_while_it_starts_leaves_none() {
    let sandbox = Sandbox::new();
    let mut command = start(&sandbox, &["wait:never"]).spawn();
    let daemon = sandbox.process_in(PIDFILE);
    sandbox.wait_until("there is a state", || sandbox.join(STATE).exists());
    daemon.signal(Signal::SIGKILL);
    assert_ne!(command.wait().code(), 0);
    assert!(!sandbox.join(STATE).exists());
    sandbox.assert_nothing_left();
}

fn what_is_left_of_another_daemon_is_written_over() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["notify:the first"]);
    daemon.signal(Signal::SIGKILL);
    daemon.wait_for_death();
    assert_eq!(value(&sandbox, "ready").as_deref(), Some("the first"));
    // Whatever has become of it, as long as its beginning says what it is.
    let whole = fs::read(sandbox.join(STATE)).unwrap();
    for left in [whole.clone(), [&whole[..], &[7; 5000]].concat(), whole[..100].to_vec()] {
        fs::write(sandbox.join(STATE), left).unwrap();
        let daemon = runs(&sandbox, &["notify"]);
        assert_eq!(value(&sandbox, "pid"), Some(daemon.pid().to_string()));
        assert_eq!(value(&sandbox, "ready"), None);
        daemon.signal(Signal::SIGKILL);
        daemon.wait_for_death();
    }
}

/// That a start is refused for this reason, and leaves nothing.
#[track_caller]
fn expect_refused(sandbox: &Sandbox, reason: &str) {
    let finished = start(sandbox, &["notify", "stop"]).run().expect_code(73);
    assert!(finished.stderr.contains(reason), "{}", finished.stderr);
    assert!(!sandbox.join(PIDFILE).exists());
    sandbox.assert_nothing_left();
}

fn a_symbolic_link_is_refused() {
    let sandbox = Sandbox::new();
    let victim = sandbox.file("victim", 0o644, "precious\n");
    symlink(&victim, sandbox.join(STATE)).unwrap();
    expect_refused(&sandbox, "daemon.state: it is a symbolic link: remove it");
    assert_eq!(sandbox.read("victim"), "precious\n");
    // And one that leads nowhere.
    fs::remove_file(sandbox.join(STATE)).unwrap();
    symlink(sandbox.join("new"), sandbox.join(STATE)).unwrap();
    expect_refused(&sandbox, "it is a symbolic link");
    assert!(!sandbox.join("new").exists());
}

fn a_fifo_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.fifo(STATE);
    expect_refused(&sandbox, "daemon.state: it is not a regular file: remove it");
}

fn a_directory_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.directory(STATE, 0o755);
    expect_refused(&sandbox, "daemon.state: Is a directory: remove it");
}

fn a_file_with_a_second_link_is_refused() {
    let sandbox = Sandbox::new();
    let victim = sandbox.file("victim", 0o644, "");
    fs::hard_link(&victim, sandbox.join(STATE)).unwrap();
    expect_refused(&sandbox, "daemon.state: it has 2 links");
    assert_eq!(sandbox.read("victim"), "");
}

fn a_file_of_another_user_is_refused() {
    if !is_root() {
        skip!("needs root: gives a file to another user");
    }
    let sandbox = Sandbox::new();
    sandbox.file(STATE, 0o666, "");
    sandbox.owner(STATE, NOBODY, NOBODY);
    expect_refused(&sandbox, "it belongs to uid 65534, not to uid 0");
}

fn a_file_with_other_content_is_refused() {
    let sandbox = Sandbox::new();
    for content in ["{\"alarms\": 7}\n".to_owned(), "daemon".to_owned(), "x".repeat(8192)] {
        sandbox.file(STATE, 0o644, &content);
        expect_refused(
            &sandbox,
            "it holds something other than that: remove it if it is not needed",
        );
        assert_eq!(sandbox.read(STATE), content);
    }
}

fn check_refuses_what_the_start_does() {
    let sandbox = Sandbox::new();
    sandbox.file(STATE, 0o644, "mine\n");
    let words = ["check", "mode=background"];
    let shown = crate::daemon::verb(&sandbox, &words).run().expect_code(73);
    let text = "cannot use the state file";
    assert!(shown.stdout.contains(text), "{}", shown.stdout);
    sandbox.file(STATE, 0o644, "");
    crate::daemon::verb(&sandbox, &words).run().expect_code(0);
    assert_eq!(sandbox.read(STATE), "");
}

fn a_log_of_the_same_name_is_refused() {
    let sandbox = Sandbox::new();
    let finished = start(&sandbox, &["stderr=@/daemon.state", "notify"]).run().expect_code(78);
    let text = "the state file of `control` and `stderr` are both";
    assert!(finished.stderr.contains(text), "{}", finished.stderr);
}

fn a_forked_child_writes_nothing() {
    let sandbox = Sandbox::new();
    // The child has its own stop, and exits with the handlers of atexit(3).
    let daemon = runs(&sandbox, &["stderr=@/log", "fork", "notify"]);
    let child = daemon.only_child();
    let path = sandbox.join(STATE);
    let is_open = |process: &daemon_tests::Process| {
        process.descriptors().values().any(|descriptor| Path::new(&descriptor.target) == path)
    };
    assert!(is_open(&daemon) && !is_open(&child), "the child has no descriptor of it");
    sandbox.file("child", 0o600, "");
    sandbox.wait_until("the child asks", || sandbox.read("log").contains("the child asks"));
    let before = state(&path);
    child.signal(Signal::SIGTERM);
    sandbox.wait_until("the child stops", || sandbox.read("log").contains("the child stops"));
    child.wait_for_death();
    assert_eq!(state(&path), before);
}

/// A program that closes what is not its own, and opens a file of its own with that number.
fn another_file_with_the_number_of_its_descriptor_is_left_alone() {
    let sandbox = Sandbox::new();
    sandbox.file("precious", 0o644, "precious\n");
    let words = ["swap:daemon.state,precious", "status:after that", "notify"];
    let daemon = runs(&sandbox, &words);
    assert_eq!(sandbox.read("precious"), "precious\n");
    sandbox.end(&daemon, Signal::SIGTERM);
    assert_eq!(sandbox.read("precious"), "precious\n");
}

/// The program has closed what is not its own, the pidfile too.
fn a_forked_child_keeps_the_files_that_have_the_numbers_of_ours() {
    let sandbox = Sandbox::new();
    let precious = [sandbox.file("one", 0o644, "one\n"), sandbox.file("two", 0o644, "two\n")];
    let words = ["swap:daemon.state,one", "swap:daemon.pid,two", "fork", "note:forked", "stop"];
    let mut start = start(&sandbox, &["notify"]).args(words).spawn();
    assert_eq!(start.wait().code(), 0);
    sandbox.wait_until("it has forked", || sandbox.join("forked").exists());
    let all = sandbox.processes();
    assert_eq!(all.len(), 2, "{all:?}");
    for process in all {
        let open = process.descriptors();
        let has = |path: &PathBuf| open.values().any(|descriptor| descriptor.target == *path);
        assert!(precious.iter().all(has), "{process:?}: {open:?}");
    }
}

fn a_daemon_that_becomes_another_user_keeps_no_descriptor() {
    if !is_root() {
        skip!("needs root: becomes another user");
    }
    let sandbox = Sandbox::new();
    let program = sandbox.install(fixture!("reloads"));
    let words = ["mode=background", "uid=65534", "events:done", "hold:a job", "notify:as nobody"];
    sandbox.start(&program).args(words).args(["release:go", "stop"]).run().expect_code(0);
    let daemon = sandbox.process_in(PIDFILE);
    let path = sandbox.join(STATE);
    let metadata = fs::metadata(&path).unwrap();
    assert_eq!((metadata.uid(), metadata.gid(), mode(&sandbox)), (0, NOBODY, 0o640));
    let mut open = daemon.descriptors().into_values();
    assert!(open.all(|descriptor| Path::new(&descriptor.target) != path));
    // What it says afterwards is there all the same.
    assert_eq!(value(&sandbox, "phase").as_deref(), Some("ready"));
    assert_eq!(value(&sandbox, "ready").as_deref(), Some("as nobody"));
    daemon.signal(Signal::SIGHUP);
    wait_for(&sandbox, "reload_text", "read anew");
    wait_for(&sandbox, "hold", "1 a job");
    daemon.signal(Signal::SIGTERM);
    wait_for(&sandbox, "phase", "stopping");
    sandbox.file("go1", 0o644, "");
    daemon.wait_for_death();
    assert_eq!(value(&sandbox, "phase").as_deref(), Some("ended"));
}

/// How many system calls a start makes up to its readiness, but for those that depend on how long it
/// takes.
fn calls(sandbox: &Sandbox, words: &[&str]) -> (usize, String) {
    let trace = sandbox.join("trace");
    let _ = fs::remove_file(&trace);
    let strace = require_program("strace", "strace");
    let start = sandbox.start(sandbox.join("dies_when_ready")).args(words);
    let under = [strace.as_os_str(), "-f".as_ref(), "-qq".as_ref(), "-o".as_ref(), trace.as_ref()];
    start.under(under).run().expect_code(0);
    let trace = sandbox.read("trace");
    // The command looks about more often while it waits for longer.
    let waiting = ["poll(", " wait", " read(", "restart_syscall(", "signalfd", "pidfd_", "GETOWN"];
    let other = [" resumed>", " futex(", "+++", "---"];
    let is_counted = |line: &&str| !waiting.iter().chain(&other).any(|name| line.contains(name));
    (trace.lines().filter(is_counted).count(), trace)
}

fn it_takes_few_system_calls() {
    let sandbox = Sandbox::new();
    sandbox.install(fixture!("dies_when_ready"));
    let more = |words: &[&str], is_first: bool, most: usize| {
        // On a busy machine a start takes another way now and then, which is a longer one.
        let fewest = |words: &[&[&str]]| {
            let each = (0..5).map(|_| {
                if is_first {
                    let _ = fs::remove_file(sandbox.join(STATE));
                }
                calls(&sandbox, &words.concat())
            });
            each.min_by_key(|(count, _)| *count).expect("a start")
        };
        let without = fewest(&[&["mode=background", "control=off"], words]).0;
        let (with, trace) = fewest(&[&["mode=background"], words]);
        assert!(with <= without + most, "{with} calls, and {without} without it:\n{trace}");
    };
    // The pidfile is left there in both cases.
    calls(&sandbox, &["mode=background", "control=off"]);
    // A descriptor that stays lies among those that are closed: that makes one call of them two.
    more(&[], true, 6);
    if is_root() {
        more(&["uid=65534"], true, 5);
    }
    // One more, for a look at what is left of the last one.
    calls(&sandbox, &["mode=background"]);
    more(&[], false, 7);
}
