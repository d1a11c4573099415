//! Promise 28: a log that was moved away is opened anew at SIGHUP, as safely as at the start, and no
//! line is lost.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;
use std::time::{Duration, Instant};

use daemon_tests::{
    NOBODY, Process, Resource, STRANGER, Sandbox, Signal, fixture, is_root, skip, told,
};

daemon_tests::tests![
    nobody_needs_to_ask,
    sighup_ends_a_program_without_a_log,
    a_program_that_asks_has_it_done_before_the_event,
    the_program_can_do_it_itself,
    a_log_keeps_its_mode,
    a_link_is_not_followed,
    a_directory_is_refused,
    a_fifo_is_refused,
    it_is_tried_again,
    a_user_finds_what_logrotate_makes_for_them,
    a_thread_that_keeps_the_lock_delays_it_little,
    without_room_for_a_new_one_the_old_log_stays,
    without_a_descriptor_left_the_old_log_stays,
    the_group_of_the_directory_owns_it,
    a_directory_that_others_can_write_to_by_now_is_refused,
    in_a_chroot_it_is_said_that_it_cannot_be,
];

const LOG: &str = "daemon.log";

/// A daemon that takes events, with a log.
fn reloads(sandbox: &Sandbox, words: &[&str]) -> Process {
    let start = sandbox.start(fixture!("reloads")).args(["mode=background", "stderr=@/daemon.log"]);
    start.args(words).daemon()
}

/// Moves the log away.
fn turn(sandbox: &Sandbox) {
    fs::rename(sandbox.join(LOG), sandbox.join("old.log")).expect("the log is moved");
}

/// Waits until the log has this text.
fn wait_for(sandbox: &Sandbox, log: &str, text: &str) {
    sandbox.wait_until(&format!("{text:?} in {log}"), || {
        fs::read_to_string(sandbox.join(log)).is_ok_and(|log| log.contains(text))
    });
}

fn nobody_needs_to_ask() {
    let sandbox = Sandbox::new();
    let words = ["mode=background", "stderr=@/daemon.log", "notify", "wait:go", "print:after"];
    let daemon = told(&sandbox, words).daemon();
    assert_eq!(daemon.threads(), 1);
    turn(&sandbox);
    daemon.signal(Signal::SIGHUP);
    sandbox.wait_until("a new log", || sandbox.join(LOG).exists());
    sandbox.file("go", 0o600, "");
    wait_for(&sandbox, LOG, "after\n");
    assert_eq!(sandbox.read("old.log"), "");
    assert_eq!(daemon.threads(), 1);
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn sighup_ends_a_program_without_a_log() {
    let sandbox = Sandbox::new();
    let daemon = told(&sandbox, ["mode=background", "notify"]).daemon();
    sandbox.end(&daemon, Signal::SIGHUP);
}

fn a_program_that_asks_has_it_done_before_the_event() {
    let sandbox = Sandbox::new();
    let daemon = reloads(&sandbox, &["events:done", "notify", "stop"]);
    turn(&sandbox);
    daemon.signal(Signal::SIGHUP);
    wait_for(&sandbox, LOG, "answered done");
    assert_eq!(sandbox.read(LOG), "reload\nanswered done\n");
    assert_eq!(sandbox.read("old.log"), "");
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn the_program_can_do_it_itself() {
    let sandbox = Sandbox::new();
    let daemon = reloads(&sandbox, &["notify", "reopen:go", "stop"]);
    turn(&sandbox);
    sandbox.file("go", 0o600, "");
    wait_for(&sandbox, LOG, "reopened\n");
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn a_log_keeps_its_mode() {
    for program in [fixture!("does_as_told"), fixture!("reloads")] {
        let sandbox = Sandbox::new();
        let words = ["mode=background", "stderr=@/daemon.log", "umask=077", "notify"];
        let daemon = sandbox.start(program).args(words).daemon();
        turn(&sandbox);
        daemon.signal(Signal::SIGHUP);
        sandbox.wait_until("a new log", || sandbox.join(LOG).exists());
        assert_eq!(fs::metadata(sandbox.join(LOG)).expect("a log").mode() & 0o777, 0o600);
        sandbox.end(&daemon, Signal::SIGKILL);
    }
}

/// With this in the place of the log, the daemon goes on with the old one, and says so once.
fn refused(put: impl Fn(&Sandbox), why: &str) {
    let sandbox = Sandbox::new();
    let daemon = reloads(&sandbox, &["events:done", "notify", "stop"]);
    turn(&sandbox);
    put(&sandbox);
    for _ in 0..2 {
        let count = |log: String| log.matches("answered done").count();
        let before = count(sandbox.read("old.log"));
        daemon.signal(Signal::SIGHUP);
        sandbox.wait_until("an answer", || count(sandbox.read("old.log")) > before);
    }
    let log = sandbox.read("old.log");
    let said: Vec<_> =
        log.lines().filter(|line| line.contains("going on with the old log")).collect();
    assert_eq!(said.len(), 1, "{log}");
    assert!(said[0].contains(why), "{log}");
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn a_link_is_not_followed() {
    let put = |sandbox: &Sandbox| {
        let victim = sandbox.file("victim", 0o666, "untouched");
        symlink(victim, sandbox.join(LOG)).expect("a link");
    };
    refused(put, "Too many");
    // The handler does not follow it either.
    let sandbox = Sandbox::new();
    let words = ["mode=background", "stderr=@/daemon.log", "notify", "wait:go", "print:after"];
    let daemon = told(&sandbox, words).daemon();
    turn(&sandbox);
    put(&sandbox);
    daemon.signal(Signal::SIGHUP);
    sandbox.file("go", 0o600, "");
    wait_for(&sandbox, "old.log", "after");
    assert_eq!(sandbox.read("victim"), "untouched");
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn a_directory_is_refused() {
    refused(|sandbox| drop(sandbox.directory(LOG, 0o755)), "directory");
}

fn a_fifo_is_refused() {
    refused(|sandbox| drop(sandbox.fifo(LOG)), "nobody reads from it");
}

fn it_is_tried_again() {
    let sandbox = Sandbox::new();
    let daemon = reloads(&sandbox, &["events:done", "notify", "stop"]);
    turn(&sandbox);
    sandbox.directory(LOG, 0o755);
    daemon.signal(Signal::SIGHUP);
    wait_for(&sandbox, "old.log", "answered done");
    fs::remove_dir(sandbox.join(LOG)).expect("the directory goes");
    sandbox.wait_until("a new log", || sandbox.join(LOG).is_file());
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn a_user_finds_what_logrotate_makes_for_them() {
    if !is_root() {
        skip!("needs root: becomes another user");
    }
    let sandbox = Sandbox::new();
    let daemon = reloads(&sandbox, &["user=nobody", "events:done", "notify", "stop"]);
    turn(&sandbox);
    // Only root can make a file there.
    daemon.signal(Signal::SIGHUP);
    wait_for(&sandbox, "old.log", "going on with the old log");
    assert!(!sandbox.join(LOG).exists());
    sandbox.file(LOG, 0o640, "");
    sandbox.owner(LOG, NOBODY, NOBODY);
    daemon.signal(Signal::SIGUSR1);
    sandbox.wait_until("the new log in use", || {
        daemon.signal(Signal::SIGUSR1);
        sandbox.read(LOG).contains("user 1")
    });
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn a_thread_that_keeps_the_lock_delays_it_little() {
    let sandbox = Sandbox::new();
    let daemon = reloads(&sandbox, &["notify", "lock", "stop"]);
    turn(&sandbox);
    let before = inode_of_stderr(&daemon);
    let since = Instant::now();
    daemon.signal(Signal::SIGHUP);
    daemon.wait_until("the new log", |it| inode_of_stderr(it) != before);
    assert!(since.elapsed() < Duration::from_secs(5), "{:?}", since.elapsed());
    // Its last word could not be printed.
    daemon.signal(Signal::SIGKILL);
    sandbox.assert_nothing_left();
}

fn inode_of_stderr(daemon: &Process) -> u64 {
    fs::metadata(format!("/proc/{}/fd/2", daemon.pid())).map_or(0, |it| it.ino())
}

/// Asks for its log to be opened anew, which must fail for this reason. The old one, at `old`, stays,
/// and says so.
fn goes_on_with_the_old_log(sandbox: &Sandbox, daemon: &Process, old: &Path, why: &str) {
    let log = || fs::read_to_string(old).expect("the old log");
    daemon.signal(Signal::SIGHUP);
    sandbox.wait_until("an answer", || log().contains("answered done"));
    let log = log();
    let is_said = |line: &str| line.contains(why) && line.ends_with("going on with the old log");
    assert_eq!(log.lines().filter(|line| is_said(line)).count(), 1, "{log}");
}

fn without_room_for_a_new_one_the_old_log_stays() {
    let sandbox = Sandbox::new();
    let directory = sandbox.directory("full", 0o755);
    // The directory is a file too, and two are left.
    let mount = format!("mount -t tmpfs -o mode=755,nr_inodes=3 tmpfs {}", directory.display());
    let words = ["mode=background", "stderr=@/full/daemon.log", "events:done", "notify", "stop"];
    let start = sandbox.start(fixture!("reloads")).args(words);
    let daemon = start.where_mounted(&mount).daemon();
    // Only the daemon's own mount namespace has it.
    let inside = Path::new("/proc").join(daemon.pid().to_string()).join("root");
    let inside = inside.join(directory.strip_prefix("/").expect("an absolute path"));
    let old = inside.join("old.log");
    fs::rename(inside.join(LOG), &old).expect("the log is moved");
    fs::write(inside.join("another"), "").expect("the last file that there is room for");
    goes_on_with_the_old_log(&sandbox, &daemon, &old, "No space left on device");
    fs::remove_file(inside.join("another")).expect("room");
    sandbox.wait_until("a new log", || inside.join(LOG).exists());
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn without_a_descriptor_left_the_old_log_stays() {
    let sandbox = Sandbox::new();
    let words = ["mode=background", "stderr=@/daemon.log", "events:done", "notify", "exhaust:go"];
    let start = sandbox.start(fixture!("reloads")).args(words).args(["say:exhausted", "stop"]);
    let daemon = start.limit(Resource::RLIMIT_NOFILE, 64, 64).daemon();
    wait_for(&sandbox, LOG, "exhausted");
    turn(&sandbox);
    let why = "Too many open files";
    goes_on_with_the_old_log(&sandbox, &daemon, &sandbox.join("old.log"), why);
    sandbox.file("go", 0o600, "");
    sandbox.wait_until("a new log", || sandbox.join(LOG).exists());
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn the_group_of_the_directory_owns_it() {
    let sandbox = Sandbox::new();
    // One where only root can write, and one where the user can by their group.
    for (name, mode, words) in
        [("root", 0o2755, &[] as &[&str]), ("group", 0o2775, &["user=nobody", "group=nogroup"])]
    {
        sandbox.directory(name, 0o755);
        let directory = sandbox.owner(name, 0, NOBODY);
        // chown(2) takes that bit away.
        sandbox.mode(name, mode);
        let log = directory.join(LOG);
        let start = sandbox.start(fixture!("reloads")).args(["mode=background", "umask=027"]);
        let start = start.args(words).args([format!("stderr={}", log.display())]);
        let daemon = start.args(["events:done", "notify", "stop"]).daemon();
        let owner = || fs::metadata(&log).map(|it| (it.uid(), it.gid(), it.mode() & 0o777)).ok();
        let at_start = owner();
        assert_eq!(at_start.map(|it| (it.1, it.2)), Some((NOBODY, 0o640)));
        fs::rename(&log, directory.join("old.log")).expect("the log is moved");
        daemon.signal(Signal::SIGHUP);
        sandbox.wait_until("a new log", || owner() == at_start);
        wait_for(&sandbox, &format!("{name}/{LOG}"), "answered done");
        sandbox.end(&daemon, Signal::SIGTERM);
    }
}

fn a_directory_that_others_can_write_to_by_now_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.directory("log", 0o755);
    let directory = sandbox.owner("log", 0, STRANGER);
    let start = |name: &str| {
        let log = format!("stderr={}", directory.join(name).display());
        let start = sandbox.start(fixture!("reloads")).args(["mode=background", &log]);
        start.args(["events:done", "notify", "stop"])
    };
    let daemon = start(LOG).daemon();
    let old = directory.join("old.log");
    fs::rename(directory.join(LOG), &old).expect("the log is moved");
    sandbox.mode("log", 0o2775);
    // As a start is.
    let refused = start("another.log").arg("pidfile=none").run().expect_code(73).stderr;
    let (_, why) = refused.trim_end().split_once("another.log: ").expect("a reason");
    goes_on_with_the_old_log(&sandbox, &daemon, &old, why);
    assert!(!directory.join(LOG).exists());
    sandbox.mode("log", 0o755);
    sandbox.wait_until("a new log", || directory.join(LOG).exists());
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn in_a_chroot_it_is_said_that_it_cannot_be() {
    if !is_root() {
        skip!("needs root: changes the root directory");
    }
    let sandbox = Sandbox::new();
    sandbox.directory("jail", 0o755);
    let daemon = reloads(&sandbox, &["chroot=@/jail", "events:done", "notify", "stop"]);
    // At the start, and not only when it is too late.
    wait_for(&sandbox, LOG, "SIGHUP cannot reopen it: let logrotate copy and truncate it");
    turn(&sandbox);
    daemon.signal(Signal::SIGHUP);
    wait_for(&sandbox, "old.log", "cannot reopen the logs: they are outside the root directory");
    wait_for(&sandbox, "old.log", "answered done");
    assert!(!sandbox.join(LOG).exists());
    sandbox.end(&daemon, Signal::SIGTERM);
}
