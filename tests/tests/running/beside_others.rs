//! Promise 29: the stop and the events live beside whatever else handles signals, and take no thread
//! and no descriptor of a program that does not ask for them.

use daemon_tests::{Sandbox, Signal, fixture, told};

daemon_tests::tests![
    tokio_may_come_before,
    tokio_may_come_after,
    signal_hook_may_come_before,
    signal_hook_may_come_after,
    who_does_not_ask_has_nothing_of_it,
    who_asks_has_one_thread_and_two_descriptors,
];

fn both_see_it(program: &str, other: &str, order: &str) {
    let sandbox = Sandbox::new();
    let start = sandbox.start(program).args(["mode=foreground", order]);
    let mut running = start.spawn();
    running.wait_for_text("waits");
    running.signal(Signal::SIGHUP);
    running.wait_for_text(&format!("{other}: SIGHUP"));
    running.wait_for_text("daemon: reload");
    running.signal(Signal::SIGUSR1);
    running.wait_for_text("daemon: user 1");
    running.signal(Signal::SIGTERM);
    let stderr = running.end(0).stderr;
    assert!(stderr.contains(&format!("{other}: SIGTERM")), "{stderr}");
    assert!(stderr.contains("daemon: stopped"), "{stderr}");
    assert_eq!(stderr.matches("daemon: reload").count(), 1, "{stderr}");
}

fn tokio_may_come_before() {
    both_see_it(fixture!("beside_tokio"), "tokio", "before");
}

fn tokio_may_come_after() {
    both_see_it(fixture!("beside_tokio"), "tokio", "after");
}

fn signal_hook_may_come_before() {
    both_see_it(fixture!("beside_signal_hook"), "signal-hook", "before");
}

fn signal_hook_may_come_after() {
    both_see_it(fixture!("beside_signal_hook"), "signal-hook", "after");
}

fn who_does_not_ask_has_nothing_of_it() {
    let sandbox = Sandbox::new();
    let daemon = told(&sandbox, ["mode=background", "notify"]).daemon();
    assert_eq!(daemon.threads(), 1);
    // Standard input, output and error, and the pidfile.
    assert_eq!(daemon.descriptors().len(), 4, "{:?}", daemon.descriptors());
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP, Signal::SIGUSR1] {
        assert!(!daemon.caught().contains(signal), "{signal}");
    }
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn who_asks_has_one_thread_and_two_descriptors() {
    let sandbox = Sandbox::new();
    let start = sandbox.start(fixture!("reloads")).args(["mode=background", "notify", "stop"]);
    let daemon = start.daemon();
    assert_eq!(daemon.threads(), 2);
    assert_eq!(daemon.descriptors().len(), 6, "{:?}", daemon.descriptors());
    sandbox.end(&daemon, Signal::SIGTERM);
}
