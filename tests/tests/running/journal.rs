//! Promise 30: a daemon that is started from a shell can log to the journal, and can ask who reads
//! its log.
//!
//! ```text
//! DAEMON_LINES=100000 cargo test -p daemon-tests --test running journal::    # in place of some
//! ```

use std::time::Duration;

use daemon_tests::{Process, Sandbox, Signal, Systemd, fixture};

use crate::numbered::Numbered;
use crate::repeated::repeated;

daemon_tests::tests![
    lines_have_the_name_and_their_priority,
    a_journal_that_was_stopped_is_connected_to_again,
    no_line_is_lost_while_the_journal_is_restarted,
    nor_of_a_unit,
    without_a_journal_the_start_is_refused,
    the_program_knows_who_reads,
];

/// A machine with a daemon that writes to the journal.
fn start(sandbox: &Sandbox, machine: &Systemd<'_>, words: &[&str]) -> Process {
    let start = machine.start(fixture!("reloads")).args(["mode=background", "stderr=journal"]);
    start.args(words).run().expect_code(0);
    // The pidfile has its number in the machine's process namespace.
    let daemon = sandbox.processes().into_iter().find(|process| process.is_called("reloads"));
    daemon.expect("a daemon")
}

/// What the journal has of it, at least as urgent as this.
fn journal(machine: &Systemd<'_>, priority: &str) -> String {
    let words = ["--no-pager", "-o", "cat", "-t", "reloads", "-p", priority];
    machine.start("journalctl").args(words).run().stdout
}

fn lines_have_the_name_and_their_priority() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    let words = ["say:an ordinary line", "say:<3>an error", "output", "notify", "stop"];
    let daemon = start(&sandbox, &machine, &words);
    sandbox.wait_until("the journal has it", || journal(&machine, "info").contains("Journal"));
    assert_eq!(journal(&machine, "info"), "an ordinary line\nan error\nJournal\n");
    assert_eq!(journal(&machine, "err"), "an error\n");
    daemon.signal(Signal::SIGTERM);
    daemon.wait_for_death();
    drop(machine);
    sandbox.assert_nothing_left();
}

fn a_journal_that_was_stopped_is_connected_to_again() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    let daemon = start(&sandbox, &machine, &["events:done", "notify", "stop"]);
    let units =
        ["systemd-journald.service", "systemd-journald.socket", "systemd-journald-dev-log.socket"];
    machine.systemctl(["stop"].into_iter().chain(units));
    machine.systemctl(["start", "systemd-journald.socket", "systemd-journald.service"]);
    sandbox.wait_until("the journal has a line again", || {
        daemon.signal(Signal::SIGUSR1);
        journal(&machine, "info").contains("user 1")
    });
    daemon.signal(Signal::SIGTERM);
    daemon.wait_for_death();
    drop(machine);
    sandbox.assert_nothing_left();
}

fn no_line_is_lost_while_the_journal_is_restarted() {
    let sandbox = Sandbox::new().with_deadline(Duration::from_secs(120));
    let machine = Systemd::boot(&sandbox);
    let daemon = start(&sandbox, &machine, &["notify", &numbers(), "stop"]);
    restart_and_expect_all(&sandbox, &machine);
    daemon.signal(Signal::SIGTERM);
    daemon.wait_for_death();
    drop(machine);
    sandbox.assert_nothing_left();
}

fn nor_of_a_unit() {
    let sandbox = Sandbox::new().with_deadline(Duration::from_secs(120));
    let machine = Systemd::boot(&sandbox);
    let words = format!("pidfile=none stderr=journal {} notify stop", numbers());
    let exec = format!("{} {words}", fixture!("reloads"));
    let settings = "Type=notify\nLogRateLimitIntervalSec=0";
    machine.unit("reloads.service", &format!("[Service]\n{settings}\nExecStart={exec}\n"));
    machine.systemctl(["start", "reloads"]).expect_code(0);
    restart_and_expect_all(&sandbox, &machine);
    machine.systemctl(["stop", "reloads"]).expect_code(0);
    drop(machine);
    sandbox.assert_nothing_left();
}

/// How many lines each of two threads writes, each at once: of one in pieces, journald can lose the
/// beginning. In a long run `DAEMON_LINES`.
fn lines() -> u32 {
    repeated("DAEMON_LINES", 15_000)
}

fn numbers() -> String {
    format!("numbers:{}", lines())
}

/// Restarts the journal until it has each line, which must be there once, and whole.
fn restart_and_expect_all(sandbox: &Sandbox, machine: &Systemd<'_>) {
    let has_all = || {
        let words = ["--no-pager", "-o", "cat", "-t", "reloads", "-n", "2"];
        let last = machine.start("journalctl").args(words).run().stdout;
        ["a", "b"].iter().any(|thread| last.contains(&format!("{thread} {} and", lines() - 1)))
    };
    let mut restarts = 0;
    sandbox.wait_until("the journal has each line", || {
        machine.systemctl(["reset-failed"]);
        machine.systemctl(["restart", "systemd-journald.service"]).expect_code(0);
        restarts += 1;
        has_all()
    });
    let mut numbered = Numbered::default();
    sandbox.wait_until("the last lines are there", || {
        numbered = Numbered::default();
        numbered.take(&journal(machine, "info"), "the journal");
        numbered.count(1000) == 2 * u64::from(lines())
    });
    println!("{} lines through {restarts} restarts", numbered.count(1000));
}

fn without_a_journal_the_start_is_refused() {
    let sandbox = Sandbox::new();
    let start =
        sandbox.start(fixture!("reloads")).args(["mode=background", "stderr=journal", "stop"]);
    let refused = start.where_mounted("mount -t tmpfs tmpfs /run").run();
    assert_eq!(refused.code(), 71);
    assert_eq!(
        refused.stderr,
        "reloads: cannot reach the journal at /run/systemd/journal/stdout: No such file or directory: \
         journald does not run here: let it go to a file\n"
    );
    sandbox.assert_nothing_left();
}

fn the_program_knows_who_reads() {
    let sandbox = Sandbox::new();
    let start = |words: &[&str]| sandbox.start(fixture!("reloads")).args(words);
    let asked = ["output", "notify", "request:done", "stop"];
    let foreground = start(&["mode=foreground"]).args(asked).run();
    assert!(foreground.stderr.starts_with("Supervisor\n"), "{foreground:?}");
    let terminal = start(&["mode=foreground"]).args(asked).terminal().run();
    assert!(terminal.terminal.starts_with("Terminal"), "{terminal:?}");
    let daemon = start(&["mode=background", "stderr=@/daemon.log", "output", "notify", "stop"]);
    let daemon = daemon.daemon();
    let expected = format!("File({:?})\n", sandbox.join("daemon.log"));
    assert_eq!(sandbox.read("daemon.log"), expected);
    sandbox.end(&daemon, Signal::SIGTERM);
}
