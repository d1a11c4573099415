//! Promise 26: children have nothing of the handlers of a program, and a forked one that asks begins
//! anew.

use daemon_tests::{NotifySocket, PIDFILE, Sandbox, Signal, fixture};

use crate::waiting::{start, until_it_waits, waits};

daemon_tests::tests![
    a_program_that_it_executes_has_nothing_of_it,
    a_forked_child_has_a_stop_of_its_own,
    a_forked_child_ends_by_the_signal_unless_it_asks,
    a_forked_child_speaks_for_itself_alone,
    no_lock_of_another_thread_stays_locked_in_a_child,
    a_child_forked_while_another_thread_asks_first_begins_anew,
    a_child_forked_while_a_log_is_opened_anew_sees_its_stop,
];

fn a_program_that_it_executes_has_nothing_of_it() {
    let sandbox = Sandbox::new();
    let running = waits(&sandbox, &["events:done", "program"]);
    let child = running.process().only_child();
    child.wait_until("is another program", |child| child.comm() == "sleep");
    assert_eq!(child.status("SigCgt"), "0000000000000000");
    assert_eq!(child.status("SigBlk"), "0000000000000000");
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP, Signal::SIGUSR1] {
        assert!(!child.ignored().contains(signal), "{signal}");
    }
    child.signal(Signal::SIGKILL);
    running.signal(Signal::SIGTERM);
    running.end(0);
}

fn a_forked_child_has_a_stop_of_its_own() {
    let sandbox = Sandbox::new();
    let mut running = waits(&sandbox, &["events:done", "fork"]);
    let child = running.process().only_child();
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP, Signal::SIGUSR1] {
        // The handlers go in the child, before fork(3) returns there.
        child.wait_until("has no handler left", |child| !child.caught().contains(signal));
        assert!(!child.blocked().contains(signal), "{signal}");
    }
    sandbox.file("child", 0o600, "");
    running.wait_for_text("the child asks");
    child.signal(Signal::SIGTERM);
    running.wait_for_text("the child stops: SIGTERM");
    // The parent has heard nothing of it.
    running.signal(Signal::SIGUSR1);
    running.wait_for_text("user 1");
    running.signal(Signal::SIGTERM);
    running.end(0);
}

fn a_forked_child_ends_by_the_signal_unless_it_asks() {
    let sandbox = Sandbox::new();
    let mut running = waits(&sandbox, &["events:done", "fork"]);
    let child = running.process().only_child();
    child.wait_until("has no handler left", |child| !child.caught().contains(Signal::SIGUSR1));
    child.signal(Signal::SIGUSR1);
    child.wait_for_death();
    assert!(running.process().is_alive());
    assert!(!running.stderr().contains("user 1"));
    running.signal(Signal::SIGTERM);
    running.end(0);
}

fn a_forked_child_speaks_for_itself_alone() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let words = ["stop_timeout=1", "events:done", "fork:the request"];
    let start = start(&sandbox, &words).env("NOTIFY_SOCKET", supervisor.address());
    let mut running = until_it_waits(start);
    assert_eq!(supervisor.receive().text, "READY=1");
    let child = running.process().only_child();
    sandbox.file("child", 0o600, "");
    running.wait_for_text("the child asks");
    child.signal(Signal::SIGTERM);
    running.wait_for_text("the child stops: SIGTERM");
    running.wait_for_text("did not stop within 1 s: 1 left: the request");
    child.wait_for_death();
    // Neither the supervisor has heard of it, nor is the pidfile the child's to remove.
    assert_eq!(supervisor.receive_now(), None);
    assert_eq!(sandbox.read(PIDFILE), format!("{}\n", running.process().pid()));
    running.signal(Signal::SIGTERM);
    running.end(0);
    assert!(supervisor.receive().text.starts_with("STOPPING=1\n"));
}

fn no_lock_of_another_thread_stays_locked_in_a_child() {
    let sandbox = Sandbox::new();
    let mut running = waits(&sandbox, &["events:done", "forks:200"]);
    running.wait_for_text("200 children have ended");
    running.signal(Signal::SIGTERM);
    running.end(0);
}

fn a_child_forked_while_another_thread_asks_first_begins_anew() {
    let sandbox = Sandbox::new();
    let start = sandbox.start(fixture!("forks_while_it_asks")).arg("mode=foreground");
    let said = start.run().expect_code(0).stdout;
    let children = said.strip_suffix(" children\n").and_then(|it| it.parse().ok());
    // One of them while the state is made, one while each handler is installed.
    assert!(children.is_some_and(|children: u32| children >= 6), "{said}");
}

fn a_child_forked_while_a_log_is_opened_anew_sees_its_stop() {
    let sandbox = Sandbox::new();
    let words = ["mode=background", "stderr=@/daemon.log", "notify", "lock", "wait:go"];
    let start = sandbox.start(fixture!("reloads")).args(words);
    let daemon = start.args(["fork-quietly", "stop"]).daemon();
    // Both, and the one that locks the log for ever.
    daemon.wait_until("has its threads", |it| it.threads() == 3);
    std::fs::rename(sandbox.join("daemon.log"), sandbox.join("old.log")).expect("the log is moved");
    daemon.signal(Signal::SIGHUP);
    // One more waits for that lock.
    daemon.wait_until("opens its log anew", |it| it.threads() == 4);
    sandbox.file("go", 0o600, "");
    sandbox.wait_until("the child sees its stop", || sandbox.join("seen").exists());
    // Its last word could not be printed.
    daemon.signal(Signal::SIGKILL);
    sandbox.assert_nothing_left();
}
