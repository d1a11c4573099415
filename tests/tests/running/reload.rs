//! Promise 27: a reload is answered, and the supervisor is told the answer, whatever it is.

use std::time::Duration;

use daemon_tests::{Finished, Message, NotifySocket, Running, Sandbox, Signal, fixture};

daemon_tests::tests![
    the_supervisor_is_told_of_a_reload_that_is_done,
    the_supervisor_is_told_of_a_reload_that_is_refused,
    a_reload_that_is_dropped_is_refused,
    a_reload_that_panics_is_refused,
    a_status_gives_the_reload_more_time,
    requests_meanwhile_make_one_more_reload,
    one_is_unanswered_at_a_time,
    before_readiness_the_supervisor_hears_nothing_of_it,
    after_a_request_to_stop_the_supervisor_hears_nothing_of_it,
    where_nobody_takes_events_the_program_lives_on,
    a_request_that_nobody_will_take_is_answered,
];

/// A program in the foreground of which a supervisor wants to hear.
fn start<'a>(sandbox: &'a Sandbox, supervisor: &NotifySocket, words: &[&str]) -> Running<'a> {
    let start = sandbox.start(fixture!("reloads")).args(words);
    start.env("NOTIFY_SOCKET", supervisor.address()).spawn()
}

fn is_ready(supervisor: &NotifySocket) {
    assert_eq!(supervisor.receive().text, "READY=1");
}

/// The next message is that it reloads.
fn assert_reloading(message: &Message) {
    let mut lines = message.text.lines();
    assert_eq!(lines.next(), Some("RELOADING=1"));
    let time = lines.next().and_then(|line| line.strip_prefix("MONOTONIC_USEC="));
    assert!(time.is_some_and(|time| time.parse::<u64>().is_ok()), "{message:?}");
    assert_eq!(lines.next(), None);
}

fn end(running: Running<'_>) -> Finished {
    running.signal(Signal::SIGTERM);
    running.end(0)
}

/// Asks for a reload that is answered like this, and gives what the supervisor is told then.
fn told_of(answer: &str) -> String {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let running = start(&sandbox, &supervisor, &[&format!("events:{answer}"), "notify", "stop"]);
    is_ready(&supervisor);
    running.signal(Signal::SIGHUP);
    assert_reloading(&supervisor.receive());
    let told = supervisor.receive().text;
    let told = match supervisor.receive_now() {
        Some(more) => format!("{told}\n\n{}", more.text),
        None => told,
    };
    end(running);
    told
}

fn the_supervisor_is_told_of_a_reload_that_is_done() {
    assert_eq!(told_of("done"), "READY=1\nSTATUS=read anew");
}

fn the_supervisor_is_told_of_a_reload_that_is_refused() {
    assert_eq!(told_of("refused"), "READY=1\nSTATUS=reload refused: line 3 is wrong");
}

fn a_reload_that_is_dropped_is_refused() {
    assert_eq!(told_of("drop"), "READY=1\nSTATUS=reload refused: not handled");
}

fn a_reload_that_panics_is_refused() {
    assert_eq!(told_of("panic"), "READY=1\nSTATUS=reload refused: the program panicked");
}

fn a_status_gives_the_reload_more_time() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let running = start(&sandbox, &supervisor, &["events:status", "notify", "stop"]);
    is_ready(&supervisor);
    running.signal(Signal::SIGHUP);
    assert_reloading(&supervisor.receive());
    let status = supervisor.receive().text;
    assert_eq!(status, "STATUS=half of it is read\nEXTEND_TIMEOUT_USEC=60000000");
    assert_eq!(supervisor.receive().text, "READY=1\nSTATUS=read anew");
    end(running);
}

fn requests_meanwhile_make_one_more_reload() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let mut running = start(&sandbox, &supervisor, &["events:wait", "notify", "stop"]);
    is_ready(&supervisor);
    running.signal(Signal::SIGHUP);
    assert_reloading(&supervisor.receive());
    for _ in 0..5 {
        running.signal(Signal::SIGHUP);
    }
    // The last of them is looked at by then, as the event that follows it.
    running.signal(Signal::SIGUSR1);
    sandbox.file("answer", 0o600, "");
    assert_eq!(supervisor.receive().text, "READY=1\nSTATUS=read anew");
    assert_reloading(&supervisor.receive());
    assert_eq!(supervisor.receive().text, "READY=1\nSTATUS=read anew");
    running.wait_for_text("user 1");
    let words = end(running).stderr;
    assert_eq!(words.matches("answered wait").count(), 2, "{words}");
}

fn one_is_unanswered_at_a_time() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let mut running = start(&sandbox, &supervisor, &["events:later", "notify", "stop"]);
    is_ready(&supervisor);
    running.signal(Signal::SIGHUP);
    assert_reloading(&supervisor.receive());
    running.signal(Signal::SIGHUP);
    // The program takes events meanwhile, but no other reload.
    running.signal(Signal::SIGUSR1);
    running.wait_for_text("user 1");
    assert_eq!(running.stderr().matches("reload\n").count(), 1);
    assert_eq!(supervisor.receive_now(), None);
    sandbox.file("answer", 0o600, "");
    assert_eq!(supervisor.receive().text, "READY=1\nSTATUS=read anew");
    assert_reloading(&supervisor.receive());
    assert_eq!(supervisor.receive().text, "READY=1\nSTATUS=read anew");
    end(running);
}

fn before_readiness_the_supervisor_hears_nothing_of_it() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let words = ["events:done", "say:waits", "wait:go", "notify", "stop"];
    let mut running = start(&sandbox, &supervisor, &words);
    running.wait_for_text("waits");
    running.signal(Signal::SIGHUP);
    running.wait_for_text("answered done");
    assert_eq!(supervisor.receive_now(), None);
    sandbox.file("go", 0o600, "");
    is_ready(&supervisor);
    end(running);
}

fn after_a_request_to_stop_the_supervisor_hears_nothing_of_it() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let words = ["hold:work", "release:go", "events:wait", "notify", "stop"];
    let mut running = start(&sandbox, &supervisor, &words);
    is_ready(&supervisor);
    running.signal(Signal::SIGHUP);
    assert_reloading(&supervisor.receive());
    running.signal(Signal::SIGTERM);
    let stopping = supervisor.receive().text;
    assert!(stopping.starts_with("STOPPING=1\nSTATUS=stopping: SIGTERM"), "{stopping}");
    sandbox.file("answer", 0o600, "");
    running.wait_for_text("answered wait");
    sandbox.file("go1", 0o600, "");
    running.end(0);
    while let Some(message) = supervisor.receive_now() {
        assert!(!message.text.contains("READY=1"), "{message:?}");
    }
}

fn where_nobody_takes_events_the_program_lives_on() {
    let sandbox = Sandbox::new().with_deadline(Duration::from_secs(20));
    let supervisor = NotifySocket::bind(&sandbox);
    let mut running = start(&sandbox, &supervisor, &["notify", "wait:go", "say:lives", "stop"]);
    is_ready(&supervisor);
    running.signal(Signal::SIGHUP);
    sandbox.file("go", 0o600, "");
    running.wait_for_text("lives");
    assert_eq!(supervisor.receive_now(), None);
    end(running);
}

fn a_request_that_nobody_will_take_is_answered() {
    let sandbox = Sandbox::new();
    let nobody = "logs reopened; the program takes no reload";
    let words = ["mode=background", "stderr=@/daemon.log", "notify", "events-dropped:go"];
    let start = sandbox.start(fixture!("reloads")).args(words);
    let daemon = start.args([&format!("verdict:{nobody}"), "stop"]).daemon();
    let has = |log: &str, text: &str| {
        std::fs::read_to_string(sandbox.join(log)).is_ok_and(|it| it.contains(text))
    };
    // Until then it may not have asked for its events.
    daemon.wait_until("has asked", |it| it.caught().contains(Signal::SIGUSR1));
    daemon.signal(Signal::SIGHUP);
    sandbox.wait_until("the first", || has("daemon.log", "reload\n"));
    // The second comes while the first is unanswered: a new log shows that it was seen.
    std::fs::rename(sandbox.join("daemon.log"), sandbox.join("old.log")).expect("the log is moved");
    daemon.signal(Signal::SIGHUP);
    sandbox.wait_until("the second", || sandbox.join("daemon.log").exists());
    sandbox.file("go", 0o600, "");
    sandbox.wait_until("its answer", || has("daemon.log", nobody));
    sandbox.end(&daemon, Signal::SIGTERM);
}
