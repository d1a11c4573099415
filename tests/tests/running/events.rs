//! Promise 26: no kind of signal is lost in a burst, and what nobody asks for keeps its default.

use daemon_tests::{PIDFILE, Running, Sandbox, Signal, fixture, told};

use crate::waiting::waits;

daemon_tests::tests![
    without_events_a_user_signal_ends_the_program,
    each_kind_is_seen_after_a_burst,
    the_only_one_of_its_kind_at_the_end_of_a_burst_is_seen,
    a_burst_does_not_disturb_a_stop,
    there_are_no_more_after_a_request_to_stop,
    they_are_taken_once,
    there_may_be_none_in_time,
    they_may_be_taken_before_the_end_of_the_launch,
];

fn without_events_a_user_signal_ends_the_program() {
    for (signal, code) in [(Signal::SIGUSR1, 138), (Signal::SIGUSR2, 140)] {
        let sandbox = Sandbox::new();
        let mut running = told(&sandbox, ["mode=foreground", "notify", "print:waits"]).spawn();
        running.wait_for_text("waits");
        running.signal(signal);
        running.end(code);
        let sandbox = Sandbox::new();
        let running = waits(&sandbox, &[]);
        running.signal(signal);
        running.end(code);
    }
}

/// How many signals there are in a burst.
const BURST: usize = 100_000;

fn each_kind_is_seen_after_a_burst() {
    let sandbox = Sandbox::new();
    let mut running = waits(&sandbox, &["events:done"]);
    let kinds = [Signal::SIGHUP, Signal::SIGUSR1, Signal::SIGUSR2];
    let mut random = fastrand::Rng::with_seed(11);
    for _ in 0..BURST {
        running.signal(kinds[random.usize(0..kinds.len())]);
    }
    // The last of each kind, one after the other.
    for (kind, words) in kinds.into_iter().zip(["answered done", "user 1", "user 2"]) {
        let count = |running: &mut Running<'_>| running.stderr().matches(words).count();
        running.wait_until("it is quiet", |running| count(running) > 0);
        let before = count(&mut running);
        running.signal(kind);
        running.wait_until(words, |running| count(running) > before);
    }
    running.signal(Signal::SIGTERM);
    running.end(0);
}

fn the_only_one_of_its_kind_at_the_end_of_a_burst_is_seen() {
    let sandbox = Sandbox::new();
    for last in [Signal::SIGHUP, Signal::SIGUSR1, Signal::SIGUSR2, Signal::SIGTERM] {
        let mut running = waits(&sandbox, &["events:done"]);
        let mut kinds = vec![Signal::SIGHUP, Signal::SIGUSR1, Signal::SIGUSR2];
        kinds.retain(|kind| *kind != last);
        let mut random = fastrand::Rng::with_seed(13);
        for _ in 0..BURST / 10 {
            running.signal(kinds[random.usize(0..kinds.len())]);
        }
        running.signal(last);
        if last != Signal::SIGTERM {
            let words = match last {
                Signal::SIGHUP => "answered done",
                Signal::SIGUSR1 => "user 1",
                _ => "user 2",
            };
            running.wait_for_text(words);
            assert_eq!(running.stderr().matches(words).count(), 1);
            running.signal(Signal::SIGTERM);
        }
        running.wait_for_text("stopped: SIGTERM");
        running.end(0);
    }
}

fn a_burst_does_not_disturb_a_stop() {
    let sandbox = Sandbox::new();
    let mut running = waits(&sandbox, &["hold:work", "release:go", "events:done"]);
    // SIGINT is another wish: a second one ends the program.
    let kinds = [Signal::SIGTERM, Signal::SIGHUP, Signal::SIGUSR1, Signal::SIGUSR2];
    let mut random = fastrand::Rng::with_seed(12);
    for _ in 0..BURST {
        running.signal(kinds[random.usize(0..kinds.len())]);
    }
    running.wait_for_text("no more events");
    running.wait_for_text("stopped: SIGTERM");
    sandbox.file("go1", 0o600, "");
    running.end(0);
}

fn there_are_no_more_after_a_request_to_stop() {
    let sandbox = Sandbox::new();
    let mut running = waits(&sandbox, &["hold:work", "release:go", "events:done"]);
    running.signal(Signal::SIGTERM);
    running.wait_for_text("no more events");
    running.signal(Signal::SIGUSR1);
    sandbox.file("go1", 0o600, "");
    assert!(!running.end(0).stderr.contains("user 1"));
}

fn they_are_taken_once() {
    let sandbox = Sandbox::new();
    let mut running = waits(&sandbox, &["events-again"]);
    running.wait_for_text("they are taken already: take them once");
    running.signal(Signal::SIGTERM);
    running.end(0);
}

fn there_may_be_none_in_time() {
    let sandbox = Sandbox::new();
    let mut running = waits(&sandbox, &["event-in-time"]);
    running.wait_for_text("there was no event in time");
    running.signal(Signal::SIGTERM);
    running.end(0);
}

fn they_may_be_taken_before_the_end_of_the_launch() {
    for (mode, step) in [
        ("background", "configure"),
        ("background", "privileged"),
        ("foreground", "configure"),
        ("foreground", "privileged"),
    ] {
        let sandbox = Sandbox::new();
        let start = sandbox.start(fixture!("takes_events_early"));
        let mut command = start.args([&format!("mode={mode}"), step]).spawn();
        let events = || std::fs::read_to_string(sandbox.join("events")).unwrap_or_default();
        sandbox.wait_until("it is ready", || events() == "ready\n");
        let daemon = sandbox.process_in(PIDFILE);
        // Until then, it has not waited for them.
        daemon.wait_until("handles SIGUSR1", |it| it.caught().contains(Signal::SIGUSR1));
        daemon.signal(Signal::SIGUSR1);
        sandbox.wait_until("an event", || events() == "ready\nanother\n");
        daemon.signal(Signal::SIGHUP);
        sandbox.wait_until("a reload", || events() == "ready\nanother\nreload\n");
        daemon.signal(Signal::SIGTERM);
        assert_eq!(command.wait().code(), 0);
        daemon.wait_for_death();
        assert_eq!(events(), "ready\nanother\nreload\nno more\n", "{mode}, {step}");
    }
}
