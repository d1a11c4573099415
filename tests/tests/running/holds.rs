//! Promise 25: while it stops, the supervisor is told what it waits for, and asked for more time
//! only as long as there is progress.

use std::time::{Duration, Instant};

use daemon_tests::{NotifySocket, Running, Sandbox, Signal, fixture};

daemon_tests::tests![
    the_supervisor_is_told_once_that_it_stops,
    it_is_told_before_the_program_ends_by_it,
    what_is_left_is_named_and_progress_asks_for_more_time,
    a_stop_without_progress_asks_for_no_time,
];

fn start<'a>(sandbox: &'a Sandbox, supervisor: &NotifySocket) -> Running<'a> {
    let words = ["hold:the first", "hold:the second", "release:go", "notify", "stop"];
    let start = sandbox.start(fixture!("reloads")).args(words);
    let running = start.env("NOTIFY_SOCKET", supervisor.address()).spawn();
    assert_eq!(supervisor.receive().text, "READY=1");
    running
}

fn assert_stopping(supervisor: &NotifySocket, running: &Running<'_>) {
    running.signal(Signal::SIGTERM);
    let told = supervisor.receive().text;
    let own = std::process::id();
    let status = format!("stopping: SIGTERM from process {own}; 2 left: the first, the second");
    assert_eq!(told, format!("STOPPING=1\nSTATUS={status}"));
}

fn the_supervisor_is_told_once_that_it_stops() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let running = start(&sandbox, &supervisor);
    assert_stopping(&supervisor, &running);
    // init scripts send it in a loop.
    for _ in 0..20 {
        running.signal(Signal::SIGTERM);
    }
    sandbox.file("go1", 0o600, "");
    sandbox.file("go2", 0o600, "");
    running.end(0);
    while let Some(message) = supervisor.receive_now() {
        assert!(!message.text.contains("STOPPING=1"), "{message:?}");
    }
}

fn it_is_told_before_the_program_ends_by_it() {
    // An event wakes the program at the same moment, or a little earlier.
    for round in 0..60 {
        let sandbox = Sandbox::new();
        let supervisor = NotifySocket::bind(&sandbox);
        let start = sandbox.start(fixture!("reloads")).args(["notify", "events-end"]);
        let running = start.env("NOTIFY_SOCKET", supervisor.address()).spawn();
        assert_eq!(supervisor.receive().text, "READY=1");
        let kinds = if round % 2 == 0 {
            [Signal::SIGUSR1, Signal::SIGTERM]
        } else {
            [Signal::SIGHUP, Signal::SIGTERM]
        };
        // Until then it may not have asked for its events.
        running.process().wait_until("has asked", |it| it.caught().contains(Signal::SIGUSR1));
        running.signal(kinds[0]);
        let moment = Instant::now() + Duration::from_micros(10 * round);
        while Instant::now() < moment {}
        running.signal(kinds[1]);
        running.end(0);
        let told: Vec<_> = std::iter::from_fn(|| supervisor.receive_now()).collect();
        let last = told.last().expect("it is told of the stop");
        assert!(last.text.starts_with("STOPPING=1\n"), "{round}: {told:?}");
    }
}

fn what_is_left_is_named_and_progress_asks_for_more_time() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let running = start(&sandbox, &supervisor);
    assert_stopping(&supervisor, &running);
    sandbox.file("go1", 0o600, "");
    let told = supervisor.receive().text;
    assert!(told.ends_with("; 1 left: the second\nEXTEND_TIMEOUT_USEC=30000000"), "{told}");
    sandbox.file("go2", 0o600, "");
    running.end(0);
}

fn a_stop_without_progress_asks_for_no_time() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let mut running = start(&sandbox, &supervisor);
    assert_stopping(&supervisor, &running);
    running.wait_for_text("stopped");
    assert_eq!(supervisor.receive_now(), None);
    sandbox.file("go1", 0o600, "");
    sandbox.file("go2", 0o600, "");
    running.end(0);
}
