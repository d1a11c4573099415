//! Promise 28: a log that was moved away is opened anew at SIGHUP, as safely as at the start, and no
//! line is lost.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::process::Command;
use std::time::{Duration, Instant};

use daemon_tests::{NOBODY, Process, Sandbox, Signal, fixture, is_root, skip, told};

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
    no_line_is_lost_while_logrotate_turns_the_log,
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

/// How often logrotate turns the log.
const TURNS: usize = 60;

fn no_line_is_lost_while_logrotate_turns_the_log() {
    if Command::new("logrotate").arg("--version").output().is_err() {
        skip!("needs logrotate(8)");
    }
    if !is_root() {
        skip!("needs root: logrotate(8) wants its files to be root's");
    }
    let sandbox = Sandbox::new().with_deadline(Duration::from_secs(60));
    let daemon = reloads(&sandbox, &["umask=022", "notify", "numbers", "stop"]);
    let configuration = format!(
        "{} {{\n su root root\n rotate 1000\n create\n compress\n delaycompress\n postrotate\n \
         kill -HUP {}\n endscript\n}}\n",
        sandbox.join(LOG).display(),
        daemon.pid()
    );
    let file = sandbox.file("logrotate.conf", 0o600, &configuration);
    for _ in 0..TURNS {
        let before = inode_of_stderr(&daemon);
        let mut logrotate = Command::new("logrotate");
        logrotate.arg("--force").arg("--state").arg(sandbox.join("state")).arg(&file);
        let output = logrotate.output().expect("logrotate");
        assert!(output.status.success(), "{output:?}");
        // What is compressed next has to be complete by then; a day lies between the two otherwise.
        daemon.wait_until("the new log", |it| inode_of_stderr(it) != before);
    }
    sandbox.end(&daemon, Signal::SIGTERM);
    assert_complete(&sandbox);
}

fn inode_of_stderr(daemon: &Process) -> u64 {
    fs::metadata(format!("/proc/{}/fd/2", daemon.pid())).map_or(0, |it| it.ino())
}

/// Each thread's numbers are there, once, in their order, and each line is whole.
fn assert_complete(sandbox: &Sandbox) {
    let mut next: BTreeMap<String, u64> = BTreeMap::new();
    for turn in (0..=TURNS).rev() {
        for line in lines_of(sandbox, turn) {
            if line.starts_with("stopped") {
                continue;
            }
            let mut words = line.split(' ');
            let thread = words.next().unwrap_or_default().to_owned();
            let number = words.next().unwrap_or_default();
            assert_eq!(line, format!("{thread} {number} and the rest of the line {number}."));
            let next = next.entry(thread).or_default();
            assert_eq!(number.parse(), Ok(*next), "{line:?} in file {turn}");
            *next += 1;
        }
    }
    assert_eq!(next.len(), 2, "{next:?}");
    assert!(next.values().all(|count| *count > 1000), "{next:?}");
}

/// The lines of the log that was turned so often: `daemon.log`, `daemon.log.1`, `daemon.log.2.gz`…
fn lines_of(sandbox: &Sandbox, turn: usize) -> Vec<String> {
    let text = match turn {
        0 => sandbox.read(LOG),
        1 => sandbox.read(format!("{LOG}.1")),
        _ => {
            let file = sandbox.join(format!("{LOG}.{turn}.gz"));
            let output = Command::new("gzip").arg("-dc").arg(file).output().expect("gzip");
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout).expect("UTF-8")
        }
    };
    text.lines().map(str::to_owned).collect()
}
