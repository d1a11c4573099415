//! Promise 8: inherited ignored and blocked signals are put back to their defaults, but what the
//! standard library relies on stays.

use daemon_tests::{
    NotifySocket, PIDFILE, Process, Sandbox, Signal, SignalSet, Start, fixture, in_both_ways,
    stays, told,
};
use nix::libc::{self, EPERM, SIGRTMIN};

daemon_tests::tests![
    signals_that_were_ignored_or_blocked_act_again,
    real_time_signals_too,
    what_nohup_ignored_ends_the_daemon,
    what_the_standard_library_has_set_stays,
    a_stack_overflow_is_told_as_ever,
    what_configure_has_set_stays,
    an_ignored_sigchld_leaves_the_verdict_right,
    an_ignored_sigchld_leaves_the_verdict_right_without_a_sub_reaper,
    an_ignored_sigchld_leaves_the_daemon_its_children,
    an_ignored_sigpipe_is_no_matter,
    whatever_the_program_does_at_sigchld_the_status_is_the_daemons,
    whatever_the_program_does_at_sigchld_a_ready_daemon_is_a_success,
    whatever_the_program_does_at_sigchld_before_config_launch,
    a_sigchld_that_the_program_ignored_before_config_launch,
];

/// What nohup, scripts with `trap ''`, and careless parents leave behind.
const LEFT: [Signal; 7] = [
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGTERM,
    Signal::SIGUSR1,
    Signal::SIGCHLD,
    Signal::SIGALRM,
];

fn assert_defaults(daemon: &Process) {
    assert_eq!(daemon.ignored(), SignalSet::from([Signal::SIGPIPE]));
    assert_eq!(daemon.blocked(), SignalSet::default());
}

fn signals_that_were_ignored_or_blocked_act_again() {
    for (ignored, blocked) in [(&LEFT[..], &[][..]), (&[], &LEFT), (&LEFT, &LEFT)] {
        let sandbox = Sandbox::new();
        let start = stays(&sandbox);
        let start = ignored.iter().fold(start, |start, &signal| start.ignore(signal));
        let start = blocked.iter().fold(start, |start, &signal| start.block(signal));
        let daemon = start.daemon();
        assert_defaults(&daemon);
        sandbox.end(&daemon, Signal::SIGTERM);
    }
}

/// All that can be ignored and all that can be blocked; the harness knows no real-time signals.
const ENV: [&str; 3] = ["env", "--ignore-signal", "--block-signal"];

fn real_time_signals_too() {
    let sandbox = Sandbox::new();
    let cat = sandbox.start("cat").arg("/proc/self/status").under(ENV).run().expect_code(0);
    for set in ["SigIgn", "SigBlk"] {
        let line = cat.stdout.lines().find_map(|line| line.strip_prefix(set)?.strip_prefix(":\t"));
        let mask = u64::from_str_radix(line.expect("a set"), 16).expect("a mask");
        assert_ne!(mask & 1 << (SIGRTMIN() + 3 - 1), 0, "env does not do what it is here for");
    }
    let daemon = stays(&sandbox).under(ENV).daemon();
    assert_defaults(&daemon);
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn what_nohup_ignored_ends_the_daemon() {
    let sandbox = Sandbox::new();
    let daemon = stays(&sandbox).under(["nohup"]).terminal().daemon();
    sandbox.end(&daemon, Signal::SIGHUP);
}

fn what_the_standard_library_has_set_stays() {
    let sandbox = Sandbox::new();
    let ignored = stays(&sandbox).ignore(Signal::SIGUSR2);
    let daemon = ignored.daemon();
    assert!(daemon.ignored().contains(Signal::SIGPIPE), "{:?}", daemon.ignored());
    assert_eq!(daemon.caught(), SignalSet::from([Signal::SIGSEGV, Signal::SIGBUS]));
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn a_stack_overflow_is_told_as_ever() {
    let sandbox = Sandbox::new();
    let finished = told(&sandbox, ["overflow-the-stack"]).run().expect_code(134);
    assert!(finished.stderr.contains("thread 'main'"), "{finished:?}");
    assert!(finished.stderr.contains("has overflowed its stack"), "{finished:?}");
    assert!(finished.stderr.contains("was killed by SIGABRT"), "{finished:?}");
    sandbox.assert_nothing_left();
}

fn what_configure_has_set_stays() {
    let sandbox = Sandbox::new();
    let start = sandbox.start(fixture!("own_signals"));
    let daemon = start.ignore(Signal::SIGHUP).block(Signal::SIGINT).daemon();
    assert_eq!(daemon.ignored(), SignalSet::from([Signal::SIGPIPE, Signal::SIGUSR1]));
    assert!(daemon.caught().contains(Signal::SIGUSR2), "{:?}", daemon.caught());
    // Though it was ignored before.
    assert!(daemon.caught().contains(Signal::SIGHUP), "{:?}", daemon.caught());
    assert_eq!(daemon.blocked(), SignalSet::from([Signal::SIGWINCH]));
    sandbox.end(&daemon, Signal::SIGTERM);
}

/// The kernel keeps no exit status for a parent that ignores SIGCHLD; see wait(2).
fn verdict_is_right(sandbox: &Sandbox, surroundings: impl Fn(Start<'_>) -> Start<'_>) {
    let fails = told(sandbox, ["print:no such backend", "return:42"]);
    let finished = surroundings(fails.ignore(Signal::SIGCHLD)).run().expect_code(42);
    assert!(finished.stderr.contains("no such backend\n"), "{finished:?}");
    assert!(finished.stderr.contains("exited with status 42"), "{finished:?}");
    let daemon = surroundings(stays(sandbox).ignore(Signal::SIGCHLD)).daemon();
    assert_defaults(&daemon);
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn an_ignored_sigchld_leaves_the_verdict_right() {
    verdict_is_right(&Sandbox::new(), |start| start);
    verdict_is_right(&Sandbox::new(), |start| start.block(Signal::SIGCHLD));
}

fn an_ignored_sigchld_leaves_the_verdict_right_without_a_sub_reaper() {
    verdict_is_right(&Sandbox::new(), |start| start.fail(libc::SYS_prctl, EPERM));
}

fn an_ignored_sigchld_leaves_the_daemon_its_children() {
    let sandbox = Sandbox::new();
    let start = told(&sandbox, ["see-exit-status:5", "notify"]).ignore(Signal::SIGCHLD);
    let daemon = start.daemon();
    sandbox.end(&daemon, Signal::SIGTERM);
}

/// std ignores it anyway, and a starter that does so changes nothing.
fn an_ignored_sigpipe_is_no_matter() {
    let sandbox = Sandbox::new();
    let start = stays(&sandbox).ignore(Signal::SIGPIPE);
    let daemon = start.block(Signal::SIGPIPE).daemon();
    assert_defaults(&daemon);
    sandbox.end(&daemon, Signal::SIGTERM);
}

/// What the program has become of SIGCHLD: it wants no zombies, or no status.
const AT_SIGCHLD: [&str; 3] = ["ignore", "no-wait", "reap"];

/// With the program's own action in its body.
fn whatever_the_program_does_at_sigchld_the_status_is_the_daemons() {
    for action in AT_SIGCHLD {
        let option = format!("sigchld={action}");
        in_both_ways(&[&option, "sigchld", "exit:3"], |sandbox, start, _| {
            let finished = start.run();
            let verdict = "does_as_told: exited with status 3 before it was ready";
            assert_eq!(finished.stderr, format!("SIGCHLD: {action}\n{verdict}\n"));
            finished.expect_code(3);
            assert!(sandbox.processes().is_empty(), "{:?}", sandbox.processes());
        });
    }
}

fn whatever_the_program_does_at_sigchld_a_ready_daemon_is_a_success() {
    for action in AT_SIGCHLD {
        let option = format!("sigchld={action}");
        let words = [&option, "stderr=@/log", "sigchld", "notify", "sigchld", "note:told"];
        in_both_ways(&words, |sandbox, start, _| {
            let daemon = start.daemon();
            sandbox.wait_until("it has said it twice", || sandbox.join("told").exists());
            assert_eq!(sandbox.read("log"), format!("SIGCHLD: {action}\n").repeat(2));
            sandbox.end(&daemon, Signal::SIGTERM);
        });
    }
}

/// As in a C program that was given this library.
#[track_caller]
fn expect_own_action_after_config_launch(action: &str) {
    let sandbox = Sandbox::new();
    let option = format!("sigchld={action}");
    let start = || sandbox.start(fixture!("launches")).args([&option, "mode=background"]);
    let finished = start().args(["sigchld", "exit:3"]).run().expect_code(3);
    let verdict = "launches: exited with status 3 before it was ready";
    assert_eq!(finished.stderr, format!("SIGCHLD: {action}\n{verdict}\n"));
    assert!(sandbox.processes().is_empty(), "{:?}", sandbox.processes());
    let supervisor = NotifySocket::bind(&sandbox);
    let start = start().arg("notify").env("NOTIFY_SOCKET", supervisor.address());
    start.run().expect_code(0);
    let daemon = sandbox.process_in(PIDFILE);
    assert_eq!(supervisor.receive().text, format!("MAINPID={}\nREADY=1", daemon.pid()));
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn whatever_the_program_does_at_sigchld_before_config_launch() {
    expect_own_action_after_config_launch("no-wait");
    expect_own_action_after_config_launch("reap");
}

/// It was the program that ignored it, and nobody before.
fn a_sigchld_that_the_program_ignored_before_config_launch() {
    expect_own_action_after_config_launch("ignore");
}
