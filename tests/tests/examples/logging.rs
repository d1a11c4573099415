//! `logging` does what its first lines say: one log, in the form that its readers want, which the
//! real logrotate turns.

use std::path::{Path, PathBuf};

use daemon_tests::{CTRL_C, Sandbox, Signal, Systemd, require_program};

use crate::{
    built,
    installed::{By, Installed},
};

daemon_tests::tests![
    all_three_are_in_the_log,
    a_log_that_is_turned_is_whole,
    at_a_terminal_it_has_colours,
    in_the_journal_it_has_priorities,
    it_refuses_what_is_no_number,
];

const LOGROTATE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/deploy/logrotate/logging");

fn all_three_are_in_the_log() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "logging", By::PlainUser);
    let (daemon, _) = example.run_daemon(["10"]);
    sandbox.wait_until("it logs", || lines_in(&example.logged()) >= 6);
    sandbox.end(&daemon, Signal::SIGTERM);
    let logged = example.logged();
    expect_whole(&logged);
    let last = logged.lines().last().expect("a line");
    assert!(last.contains(" INFO logging: ends: SIGTERM"), "{last}");
}

/// As the file for logrotate stands, with its `pkill`, `compress` and `delaycompress`.
fn a_log_that_is_turned_is_whole() {
    require_program("logrotate", "logrotate");
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "logging", By::Root);
    let configuration = sandbox.file("logrotate", 0o644, &sandbox.read(LOGROTATE));
    let (daemon, _) = example.run_daemon(["1"]);
    for _ in 0..3 {
        // The log at its path is one that the daemon writes to.
        sandbox.wait_until("it logs", || lines_in(&example.logged()) >= 50);
        let state = ["--state", "logrotate.state", "--force"];
        let logrotate = example.start_another("logrotate").args(state).arg(&configuration);
        let finished = logrotate.run().expect_code(0);
        assert_eq!((&*finished.stdout, &*finished.stderr), ("", ""));
    }
    sandbox.wait_until("it logs", || lines_in(&example.logged()) >= 50);
    sandbox.end(&daemon, Signal::SIGTERM);

    let logs = ["3.gz", "2.gz", "1"].map(|number| old(example.log(), number));
    let mut whole = String::new();
    for log in &logs {
        whole += &sandbox.start("zcat").args(["-f".as_ref(), log.as_os_str()]).run().stdout;
    }
    whole += &example.logged();
    expect_whole(&whole);
    assert!(!old(example.log(), "4.gz").exists());
}

fn at_a_terminal_it_has_colours() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "logging", By::PlainUser);
    let start = example.start().arg("10").env("DAEMON_MODE", "foreground").terminal();
    let mut command = start.spawn();
    command.wait_for_text("eprintln 2");
    command.type_text(CTRL_C);
    let finished = command.wait().expect_code(0);
    assert!(finished.terminal.contains("\x1b[32m INFO\x1b[0m"), "{finished:?}");
    assert!(!example.log().exists(), "the terminal is the log");
}

fn in_the_journal_it_has_priorities() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    let program = sandbox.install(built::example("logging"));
    machine.unit("logging.service", &format!("[Service]\nExecStart={} 10\n", program.display()));
    machine.systemctl(["start", "logging"]).expect_code(0);
    let journal = |priority: &str| {
        let words = ["--no-pager", "-o", "cat", "-u", "logging.service", "-t", "logging", "-p"];
        machine.start("journalctl").args(words).arg(priority).run().stdout
    };
    sandbox.wait_until("the journal has it", || journal("info").contains("eprintln 2\n"));
    assert!(journal("info").contains("logging: tracing number=1\nlogging: log 1\neprintln 1\n"));
    let warnings = journal("warning");
    assert!(warnings.starts_with("logging: log 1\nlogging: log 2\n"), "{warnings}");
    machine.systemctl(["stop", "logging"]).expect_code(0);
    drop(machine);
    sandbox.assert_nothing_left();
}

fn it_refuses_what_is_no_number() {
    let sandbox = Sandbox::new();
    let example = Installed::new(&sandbox, "logging", By::PlainUser);
    let refused = example.run(["often"]).expect_code(78);
    assert_eq!(refused.terminal, "logging: \"often\" is not a number of milliseconds\n");
    sandbox.assert_nothing_left();
}

/// Where logrotate has put a log.
fn old(log: PathBuf, number: &str) -> PathBuf {
    Path::new(&format!("{}.{number}", log.display())).to_owned()
}

fn lines_in(log: &str) -> usize {
    log.lines().count()
}

/// Each of the three has each of its lines, in order, and nothing else is in the log but the end.
#[track_caller]
fn expect_whole(log: &str) {
    let lines: Vec<_> = log.lines().collect();
    let (last, lines) = lines.split_last().expect("lines");
    assert!(last.contains(" INFO logging: ends: "), "{last}");
    for (three, number) in lines.chunks(3).zip(1..) {
        let [tracing, log, eprintln] = three else { panic!("three lines, not {three:?}") };
        let tracing_ends = format!("Z  INFO logging: tracing number={number}");
        assert!(tracing.starts_with("20") && tracing.ends_with(&tracing_ends), "{tracing:?}");
        assert!(log.starts_with("20") && log.ends_with(&format!("Z  WARN logging: log {number}")));
        assert_eq!(*eprintln, format!("eprintln {number}"));
    }
}
