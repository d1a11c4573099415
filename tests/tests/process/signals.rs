//! Promise 8: inherited ignored and blocked signals are put back to their defaults, but what the
//! standard library relies on stays.

use daemon_tests::{Process, Sandbox, Signal, SignalSet, Start, fixture, skip};
use nix::libc::{self, EPERM, SIGRTMIN};

daemon_tests::tests![
    signals_that_were_ignored_or_blocked_act_again,
    real_time_signals_too,
    where_proc_does_not_tell_too,
    what_nohup_ignored_ends_the_daemon,
    what_the_standard_library_has_set_stays,
    a_stack_overflow_is_told_as_ever,
    what_configure_has_set_stays,
    an_ignored_sigchld_leaves_the_verdict_right,
    an_ignored_sigchld_leaves_the_verdict_right_without_a_sub_reaper,
    an_ignored_sigchld_leaves_the_daemon_its_children,
    an_ignored_sigpipe_is_no_matter,
];

const PIDFILE: &str = "daemon.pid";

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

/// A fixture whose first argument is the pidfile.
fn start<'a>(sandbox: &'a Sandbox, program: &str) -> Start<'a> {
    sandbox.start(program).arg(sandbox.join(PIDFILE))
}

fn daemon(sandbox: &Sandbox, start: Start<'_>) -> Process {
    start.run().expect_code(0);
    sandbox.process_in(PIDFILE)
}

/// It ends with a signal that nobody is to be deaf to.
fn end(sandbox: &Sandbox, daemon: &Process) {
    daemon.signal(Signal::SIGTERM);
    daemon.wait_for_death();
    sandbox.assert_nothing_left();
}

fn assert_defaults(daemon: &Process) {
    assert_eq!(daemon.ignored(), SignalSet::from([Signal::SIGPIPE]));
    assert_eq!(daemon.blocked(), SignalSet::default());
}

fn signals_that_were_ignored_or_blocked_act_again() {
    for (ignored, blocked) in [(&LEFT[..], &[][..]), (&[], &LEFT), (&LEFT, &LEFT)] {
        let sandbox = Sandbox::new();
        let start = start(&sandbox, fixture!("stays"));
        let start = ignored.iter().fold(start, |start, &signal| start.ignore(signal));
        let start = blocked.iter().fold(start, |start, &signal| start.block(signal));
        let daemon = daemon(&sandbox, start);
        assert_defaults(&daemon);
        end(&sandbox, &daemon);
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
    let daemon = daemon(&sandbox, start(&sandbox, fixture!("stays")).under(ENV));
    assert_defaults(&daemon);
    end(&sandbox, &daemon);
}

/// In a mount namespace in which /proc is hidden: then sigaction(2) is asked, signal by signal. Not
/// with the macro, which is refused there, because it could not tell what to close.
fn where_proc_does_not_tell_too() {
    let sandbox = Sandbox::new();
    let unshare =
        ["unshare", "--mount", "/bin/sh", "-c", "mount -t tmpfs none /proc && exec \"$@\"", "sh"];
    if !sandbox.start("true").under(unshare).run().status.success() {
        skip!("needs root and mount namespaces: hides /proc");
    }
    let daemon =
        daemon(&sandbox, start(&sandbox, fixture!("without_macro")).under(ENV).under(unshare));
    assert_defaults(&daemon);
    end(&sandbox, &daemon);
}

fn what_nohup_ignored_ends_the_daemon() {
    let sandbox = Sandbox::new();
    let daemon = daemon(&sandbox, start(&sandbox, fixture!("stays")).under(["nohup"]).terminal());
    daemon.signal(Signal::SIGHUP);
    daemon.wait_for_death();
    sandbox.assert_nothing_left();
}

fn what_the_standard_library_has_set_stays() {
    let sandbox = Sandbox::new();
    let ignored = start(&sandbox, fixture!("stays")).ignore(Signal::SIGUSR2);
    let daemon = daemon(&sandbox, ignored);
    assert!(daemon.ignored().contains(Signal::SIGPIPE), "{:?}", daemon.ignored());
    assert_eq!(daemon.caught(), SignalSet::from([Signal::SIGSEGV, Signal::SIGBUS]));
    end(&sandbox, &daemon);
}

fn a_stack_overflow_is_told_as_ever() {
    let sandbox = Sandbox::new();
    let finished = sandbox.start(fixture!("overflows")).run().expect_code(134);
    assert!(finished.stderr.contains("thread 'main'"), "{finished:?}");
    assert!(finished.stderr.contains("has overflowed its stack"), "{finished:?}");
    assert!(finished.stderr.contains("was killed by SIGABRT"), "{finished:?}");
    sandbox.assert_nothing_left();
}

fn what_configure_has_set_stays() {
    let sandbox = Sandbox::new();
    let start = start(&sandbox, fixture!("own_signals"));
    let daemon = daemon(&sandbox, start.ignore(Signal::SIGHUP).block(Signal::SIGINT));
    assert_eq!(daemon.ignored(), SignalSet::from([Signal::SIGPIPE, Signal::SIGUSR1]));
    assert!(daemon.caught().contains(Signal::SIGUSR2), "{:?}", daemon.caught());
    // Though it was ignored before.
    assert!(daemon.caught().contains(Signal::SIGHUP), "{:?}", daemon.caught());
    assert_eq!(daemon.blocked(), SignalSet::from([Signal::SIGWINCH]));
    end(&sandbox, &daemon);
}

/// The kernel keeps no exit status for a parent that ignores SIGCHLD; see wait(2).
fn verdict_is_right(sandbox: &Sandbox, surroundings: impl Fn(Start<'_>) -> Start<'_>) {
    let start = |program| {
        surroundings(sandbox.start(program).arg(sandbox.join(PIDFILE)).ignore(Signal::SIGCHLD))
    };
    let finished = start(fixture!("no_backend")).arg("42").run().expect_code(42);
    assert!(finished.stderr.contains("no such backend\n"), "{finished:?}");
    assert!(finished.stderr.contains("exited with status 42"), "{finished:?}");
    let daemon = daemon(sandbox, start(fixture!("stays")));
    assert_defaults(&daemon);
    end(sandbox, &daemon);
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
    let start = start(&sandbox, fixture!("runs_a_command")).ignore(Signal::SIGCHLD);
    let daemon = daemon(&sandbox, start);
    end(&sandbox, &daemon);
}

/// std ignores it anyway, and a starter that does so changes nothing.
fn an_ignored_sigpipe_is_no_matter() {
    let sandbox = Sandbox::new();
    let start = start(&sandbox, fixture!("stays")).ignore(Signal::SIGPIPE);
    let daemon = daemon(&sandbox, start.block(Signal::SIGPIPE));
    assert_defaults(&daemon);
    end(&sandbox, &daemon);
}
