//! Promise 3: Ctrl-C, a hang-up or SIGTERM on the waiting command cancels the start, as does its death
//! or the timeout; what was ignored when the command started does not.

use std::time::Duration;

use daemon_tests::{
    CTRL_C, Finished, Job, NotifySocket, PIDFILE, Running, Sandbox, Signal, Start, fixture,
    in_both_ways, told,
};

daemon_tests::tests![
    ctrl_c_cancels,
    ctrl_c_cancels_starts_of_which_a_supervisor_wants_to_hear,
    ctrl_c_interrupts_the_script_too,
    a_termination_cancels,
    a_hang_up_cancels,
    a_hang_up_on_a_session_leader_cancels,
    the_death_of_the_command_cancels,
    a_daemon_that_ignores_sigterm_does_not_outlive_it,
    the_timeout_cancels,
    the_timeout_tells_the_last_status,
    no_time_at_all_is_refused,
    a_start_without_a_timeout_is_cancelled_by_a_signal_alone,
    a_timeout_beyond_all_clocks_is_none,
    a_daemon_that_does_not_end_is_killed,
    a_second_ctrl_c_hurries,
    a_stopped_daemon_is_cancelled_too,
    an_intermediate_that_hangs_is_cancelled_by_the_timeout,
    an_intermediate_that_hangs_is_cancelled_by_ctrl_c,
    a_pidfile_of_before_is_free_again,
    nohup_is_respected,
    a_signal_that_was_ignored_does_not_cancel,
    of_the_signals_only_the_ignored_ones_are_ignored,
    a_start_that_is_over_cannot_be_cancelled,
];

/// No option, and no step before the last.
const NOTHING: [&str; 0] = [];

/// A start that has come as far as the daemon's body, which is never ready.
#[track_caller]
fn under_way<'a>(start: Start<'a>) -> Running<'a> {
    let mut command = start.arg("status:warming up").spawn();
    command.wait_for_text("warming up");
    command
}

/// There is neither a daemon nor a pidfile, from the moment when the command has ended.
#[track_caller]
fn assert_nothing_left(sandbox: &Sandbox) {
    assert!(sandbox.processes().is_empty(), "{:?}", sandbox.processes());
    assert!(!sandbox.join(PIDFILE).exists());
}

/// It died by this very signal, having said so.
#[track_caller]
fn assert_cancelled(finished: &Finished, signal: Signal) {
    assert_eq!(finished.signal(), Some(signal), "{finished:?}");
    let words = format!("does_as_told: start cancelled by {signal}; the daemon was stopped\n");
    let said = format!("{}{}", finished.terminal, finished.stderr);
    assert!(said.ends_with(&words), "{finished:?}");
}

fn ctrl_c_cancels() {
    let sandbox = Sandbox::new();
    let mut command = under_way(told(&sandbox, NOTHING).terminal());
    command.type_text(CTRL_C);
    assert_cancelled(&command.wait(), Signal::SIGINT);
    assert_nothing_left(&sandbox);
}

/// The intermediate process waits in place of the command, and both end by the signal; several at once,
/// so that they are in each other's way.
fn ctrl_c_cancels_starts_of_which_a_supervisor_wants_to_hear() {
    let places = [(); 8].map(|()| Sandbox::new());
    let supervisors = places.each_ref().map(NotifySocket::bind);
    let start = |(sandbox, supervisor): (_, &NotifySocket)| {
        let start = told(sandbox, ["mode=background"]);
        under_way(start.env("NOTIFY_SOCKET", supervisor.address()))
    };
    let mut commands: Vec<_> = places.iter().zip(&supervisors).map(start).collect();
    commands.iter().for_each(|command| command.signal(Signal::SIGINT));
    for command in &mut commands {
        let finished = command.wait();
        assert_cancelled(&finished, Signal::SIGINT);
        assert_eq!(finished.stderr.matches("cancelled").count(), 1, "{finished:?}");
    }
    places.iter().for_each(assert_nothing_left);
    supervisors.iter().for_each(NotifySocket::assert_not_ready);
}

/// bash goes on after a ^C unless its command died of SIGINT.
fn ctrl_c_interrupts_the_script_too() {
    let sandbox = Sandbox::new();
    let script = format!("{} 'status:warming up'; echo went on", fixture!("does_as_told"));
    let mut command = sandbox.start("bash").args(["-c", &script]).terminal().spawn();
    command.wait_for_text("warming up");
    command.type_text(CTRL_C);
    let finished = command.wait();
    assert_eq!(finished.signal(), Some(Signal::SIGINT), "{finished:?}");
    assert!(!finished.terminal.contains("went on"), "{finished:?}");
    assert_nothing_left(&sandbox);
}

fn a_termination_cancels() {
    let sandbox = Sandbox::new();
    let mut command = under_way(told(&sandbox, NOTHING));
    command.signal(Signal::SIGTERM);
    assert_cancelled(&command.wait(), Signal::SIGTERM);
    assert_nothing_left(&sandbox);
}

fn a_hang_up_cancels() {
    let sandbox = Sandbox::new();
    let mut command = under_way(told(&sandbox, NOTHING).terminal());
    command.hang_up();
    // There is no terminal any more that could show the reason.
    let finished = command.wait();
    assert_eq!(finished.signal(), Some(Signal::SIGHUP), "{finished:?}");
    assert_nothing_left(&sandbox);
}

fn a_hang_up_on_a_session_leader_cancels() {
    let sandbox = Sandbox::new();
    let mut command = under_way(told(&sandbox, NOTHING).terminal_as(Job::SessionLeader));
    command.hang_up();
    let finished = command.wait();
    assert_eq!(finished.signal(), Some(Signal::SIGHUP), "{finished:?}");
    assert_nothing_left(&sandbox);
}

fn the_death_of_the_command_cancels() {
    let sandbox = Sandbox::new();
    let mut command = under_way(told(&sandbox, NOTHING));
    command.signal(Signal::SIGKILL);
    assert_eq!(command.wait().signal(), Some(Signal::SIGKILL));
    sandbox.assert_nothing_left();
    // Nobody was left to remove the pidfile, but it is free.
    told(&sandbox, ["notify"]).run().expect_code(0);
}

/// It learns at `notify` that nobody waits.
fn a_daemon_that_ignores_sigterm_does_not_outlive_it() {
    let steps = ["ignore-term", "status:warming up", "wait:go", "notify", "note:on"];
    in_both_ways(&steps, |sandbox, start, supervisor| {
        let mut command = start.spawn();
        command.wait_for_text("warming up");
        let daemon = sandbox.process_in(PIDFILE);
        command.signal(Signal::SIGKILL);
        assert_eq!(command.wait().signal(), Some(Signal::SIGKILL));
        sandbox.file("go", 0o644, "");
        daemon.wait_for_death();
        sandbox.assert_nothing_left();
        assert!(!sandbox.join("on").exists(), "it went on");
        supervisor.assert_not_ready();
        told(sandbox, ["notify"]).run().expect_code(0);
        sandbox.end(&sandbox.process_in(PIDFILE), Signal::SIGTERM);
    });
}

fn the_timeout_cancels() {
    let sandbox = Sandbox::new();
    let finished = told(&sandbox, ["start_timeout=0.3"]).run().expect_code(124);
    assert!(finished.elapsed >= Duration::from_millis(300), "{finished:?}");
    let words = "does_as_told: not ready after 0.3 s (`start_timeout`): it has not called \
                 `ready.notify()`; the daemon was stopped\n";
    assert_eq!(finished.stderr, words);
    assert_nothing_left(&sandbox);
}

fn the_timeout_tells_the_last_status() {
    let sandbox = Sandbox::new();
    let steps = ["start_timeout=0.3", "status:replaying journal: 45 %"];
    let finished = told(&sandbox, steps).run().expect_code(124);
    let words = "does_as_told: not ready after 0.3 s (`start_timeout`): it has not called \
                 `ready.notify()`; the daemon was stopped; \
                 its last status was: replaying journal: 45 %\n";
    assert!(finished.stderr.ends_with(words), "{finished:?}");
    assert_nothing_left(&sandbox);
}

fn no_time_at_all_is_refused() {
    let sandbox = Sandbox::new();
    let finished = told(&sandbox, ["start_timeout=0"]).run().expect_code(78);
    assert!(finished.stderr.contains("`start_timeout` is 0"), "{finished:?}");
    assert_nothing_left(&sandbox);
}

fn a_start_without_a_timeout_is_cancelled_by_a_signal_alone() {
    let sandbox = Sandbox::new();
    let mut command = under_way(told(&sandbox, ["start_timeout=never"]));
    // The call that it sleeps in, in hexadecimal: poll(2), whose third argument is -1.
    let path = format!("/proc/{}/syscall", command.process().pid());
    command.wait_until("waits without an end", |_| {
        let call = std::fs::read_to_string(&path).unwrap_or_default();
        call.split(' ').nth(3).is_some_and(|timeout| timeout.ends_with("ffffffff"))
    });
    command.signal(Signal::SIGTERM);
    assert_cancelled(&command.wait(), Signal::SIGTERM);
    assert_nothing_left(&sandbox);
}

fn a_timeout_beyond_all_clocks_is_none() {
    let sandbox = Sandbox::new();
    told(&sandbox, ["start_timeout=1e19", "notify"]).run().expect_code(0);
    let mut command = under_way(told(&sandbox, ["start_timeout=1e19"]).current_dir(sandbox.home()));
    command.signal(Signal::SIGTERM);
    assert_cancelled(&command.wait(), Signal::SIGTERM);
}

/// The only test that waits the five seconds.
fn a_daemon_that_does_not_end_is_killed() {
    let sandbox = Sandbox::new();
    let mut command = under_way(told(&sandbox, ["ignore-term"]));
    command.signal(Signal::SIGINT);
    // Once more at once, as timeout(1) does it, is no wish to hurry.
    command.signal(Signal::SIGTERM);
    let finished = command.wait();
    assert_eq!(finished.signal(), Some(Signal::SIGINT), "{finished:?}");
    let words = "does_as_told: start cancelled by SIGINT; the daemon was stopped; \
                 it did not end when told to, and was killed\n";
    assert!(finished.stderr.ends_with(words), "{finished:?}");
    assert!(finished.elapsed >= Duration::from_secs(5), "{finished:?}");
    assert_nothing_left(&sandbox);
}

fn a_second_ctrl_c_hurries() {
    let sandbox = Sandbox::new();
    let mut command = under_way(told(&sandbox, ["ignore-term"]).terminal());
    // One that comes before the last was taken is not another one.
    command.wait_until("has ended", |command| {
        command.type_text(CTRL_C);
        command.has_ended()
    });
    let finished = command.wait();
    assert_eq!(finished.signal(), Some(Signal::SIGINT), "{finished:?}");
    assert!(finished.terminal.contains("was killed\n"), "{finished:?}");
    assert!(finished.elapsed < Duration::from_secs(5), "{finished:?}");
    assert_nothing_left(&sandbox);
}

fn a_stopped_daemon_is_cancelled_too() {
    let sandbox = Sandbox::new();
    let mut command = told(&sandbox, ["status:warming up", "stop"]).spawn();
    command.wait_for_text("warming up");
    sandbox.process_in(PIDFILE).wait_until_stopped();
    command.signal(Signal::SIGTERM);
    // Not killed: it went on, and so could end as it wanted to.
    assert_cancelled(&command.wait(), Signal::SIGTERM);
    assert_nothing_left(&sandbox);
}

/// A library that hangs after each fork, on a lock for example.
fn an_intermediate_that_hangs_is_cancelled_by_the_timeout() {
    in_both_ways(&["atfork=hang", "start_timeout=1", "notify"], |sandbox, start, _| {
        let finished = start.run();
        assert_nothing_left(sandbox);
        assert!(finished.stderr.contains("not ready after 1 s"), "{finished:?}");
        finished.expect_code(124);
    });
}

fn an_intermediate_that_hangs_is_cancelled_by_ctrl_c() {
    in_both_ways(&["atfork=hang", "notify"], |sandbox, start, _| {
        let mut command = start.terminal().spawn();
        command.wait_until("has forked", |it| !it.process().children().is_empty());
        command.type_text(CTRL_C);
        let finished = command.wait();
        assert_nothing_left(sandbox);
        assert_eq!(finished.signal(), Some(Signal::SIGINT), "{finished:?}");
        assert!(finished.terminal.contains("start cancelled by SIGINT"), "{finished:?}");
    });
}

fn a_pidfile_of_before_is_free_again() {
    let sandbox = Sandbox::new();
    sandbox.file(PIDFILE, 0o600, "1\n");
    let mut command = under_way(told(&sandbox, NOTHING));
    command.signal(Signal::SIGTERM);
    assert_cancelled(&command.wait(), Signal::SIGTERM);
    assert!(sandbox.processes().is_empty(), "{:?}", sandbox.processes());
    told(&sandbox, ["notify"]).run().expect_code(0);
}

/// It is ready in spite of these signals, which were ignored when the command started.
#[track_caller]
fn assert_not_cancelled_by(start: Start<'_>, sandbox: &Sandbox, signals: &[Signal]) {
    let mut command = start.args(["status:warming up", "wait:go", "notify"]).spawn();
    command.wait_for_text("warming up");
    // The kernel drops an ignored signal when it is sent, so none is on its way.
    signals.iter().for_each(|signal| command.signal(*signal));
    sandbox.file("go", 0o644, "");
    command.wait().expect_code(0);
    assert!(sandbox.process_in(PIDFILE).is_alive());
}

fn nohup_is_respected() {
    let sandbox = Sandbox::new();
    let start = told(&sandbox, NOTHING).under(["nohup"]);
    assert_not_cancelled_by(start, &sandbox, &[Signal::SIGHUP]);
}

fn a_signal_that_was_ignored_does_not_cancel() {
    let sandbox = Sandbox::new();
    let signals = [Signal::SIGINT, Signal::SIGHUP, Signal::SIGTERM];
    let start = signals.into_iter().fold(told(&sandbox, NOTHING), Start::ignore);
    assert_not_cancelled_by(start, &sandbox, &signals);
}

fn of_the_signals_only_the_ignored_ones_are_ignored() {
    let sandbox = Sandbox::new();
    let mut command =
        under_way(told(&sandbox, NOTHING).ignore(Signal::SIGHUP).ignore(Signal::SIGINT));
    command.signal(Signal::SIGINT);
    command.signal(Signal::SIGTERM);
    assert_cancelled(&command.wait(), Signal::SIGTERM);
    assert_nothing_left(&sandbox);
}

/// The daemon has let go of the command: neither its death nor the terminal's end is its own.
fn a_start_that_is_over_cannot_be_cancelled() {
    let sandbox = Sandbox::new();
    let mut command = told(&sandbox, ["notify", "wait:go", "note:lived-on"]).terminal().spawn();
    command.wait().expect_code(0);
    let daemon = sandbox.process_in(PIDFILE);
    command.type_text(CTRL_C);
    command.hang_up();
    drop(command);
    sandbox.file("go", 0o644, "");
    sandbox.wait_until("it lived on", || sandbox.join("lived-on").exists());
    assert!(daemon.is_alive());
}
