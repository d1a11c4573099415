//! Promise 36: `reload` prints what the daemon said to it, and its status is 0 only if the daemon has
//! its new configuration.

use daemon_tests::{PIDFILE, Sandbox, Signal, fixture, told};

use crate::daemon::{runs, verb};

daemon_tests::tests![
    done_is_said_with_its_text,
    refused_is_a_failure_with_its_text,
    dropped_and_panicking_are_refused,
    what_does_not_handle_it_is_left_alone,
    what_does_not_answer_in_time_is_a_failure,
    what_ends_meanwhile_is_a_failure,
    without_a_daemon_it_is_not_running,
    two_at_once_both_get_an_answer,
    a_program_that_takes_no_reloads_says_so,
    of_a_program_that_asks_for_nothing_the_log_is_looked_at,
    a_program_that_handles_it_alone_gives_no_answer,
];

fn done_is_said_with_its_text() {
    let sandbox = Sandbox::new();
    runs(&sandbox, &["events:done", "notify"]);
    for _ in 0..3 {
        let reloaded = verb(&sandbox, &["reload"]).run().expect_code(0);
        assert_eq!(reloaded.stdout, "reloads: reloaded: read anew\n");
        assert_eq!(reloaded.stderr, "");
    }
}

fn refused_is_a_failure_with_its_text() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["events:refused", "notify"]);
    let reloaded = verb(&sandbox, &["reload"]).run().expect_code(1);
    assert_eq!(reloaded.stderr, "reloads: the reload was refused: line 3 is wrong\n");
    assert!(daemon.is_alive());
}

fn dropped_and_panicking_are_refused() {
    let sandbox = Sandbox::new();
    runs(&sandbox, &["events:drop,panic", "notify"]);
    for text in ["not handled", "the program panicked"] {
        let reloaded = verb(&sandbox, &["reload"]).run().expect_code(1);
        assert!(reloaded.stderr.contains(text), "{reloaded:?}");
    }
}

/// SIGHUP would end it.
fn what_does_not_handle_it_is_left_alone() {
    let sandbox = Sandbox::new();
    told(&sandbox, ["mode=background", "notify"]).run().expect_code(0);
    let daemon = sandbox.process_in(PIDFILE);
    let reloaded = verb(&sandbox, &["reload"]).run().expect_code(3);
    assert!(reloaded.stderr.contains("does not handle SIGHUP"), "{reloaded:?}");
    assert!(daemon.is_alive());
}

fn what_does_not_answer_in_time_is_a_failure() {
    let sandbox = Sandbox::new();
    runs(&sandbox, &["events:wait", "notify"]);
    let reloaded = verb(&sandbox, &["reload", "--timeout", "0.3"]).run().expect_code(1);
    assert!(reloaded.stderr.contains("not answered in time"), "{reloaded:?}");
}

fn what_ends_meanwhile_is_a_failure() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["events:wait", "notify"]);
    let mut reloading = verb(&sandbox, &["reload"]).spawn();
    sandbox.wait_until("the reload has begun", || {
        let shown = sandbox.start(fixture!("reloads")).args(["daemon", "status"]).run();
        shown.stdout.contains("reloading")
    });
    daemon.signal(Signal::SIGKILL);
    let reloaded = reloading.wait().expect_code(1);
    assert!(reloaded.stderr.contains("ended during the reload"), "{reloaded:?}");
}

fn without_a_daemon_it_is_not_running() {
    let sandbox = Sandbox::new();
    let reloaded = verb(&sandbox, &["reload"]).run().expect_code(7);
    assert!(reloaded.stderr.contains("not running"), "{reloaded:?}");
}

fn two_at_once_both_get_an_answer() {
    let sandbox = Sandbox::new();
    runs(&sandbox, &["events:wait,done", "notify"]);
    let mut first = verb(&sandbox, &["reload"]).spawn();
    sandbox.wait_until("the reload has begun", || {
        let shown = sandbox.start(fixture!("reloads")).args(["daemon", "status"]).run();
        shown.stdout.contains("reloading")
    });
    let mut second = verb(&sandbox, &["reload"]).spawn();
    sandbox.file("answer", 0o600, "");
    assert_eq!(first.wait().code(), 0);
    assert_eq!(second.wait().code(), 0);
}

/// Its log is opened anew all the same.
fn a_program_that_takes_no_reloads_says_so() {
    let sandbox = Sandbox::new();
    runs(&sandbox, &["stderr=@/log", "notify"]);
    std::fs::rename(sandbox.join("log"), sandbox.join("log.1")).expect("a turn");
    let reloaded = verb(&sandbox, &["reload"]).run().expect_code(0);
    assert!(reloaded.stdout.contains("takes no reload"), "{reloaded:?}");
    assert!(sandbox.join("log").exists());
}

/// A signal handler opens it anew, and cannot say so.
fn of_a_program_that_asks_for_nothing_the_log_is_looked_at() {
    let sandbox = Sandbox::new();
    let words = ["mode=background", "control=first", "stderr=@/log", "notify"];
    told(&sandbox, words).run().expect_code(0);
    std::fs::rename(sandbox.join("log"), sandbox.join("log.1")).expect("a turn");
    let reloaded = verb(&sandbox, &["reload"]).run().expect_code(0);
    assert!(reloaded.stdout.contains("the file at its log's place"), "{reloaded:?}");
    assert!(sandbox.join("log").exists());

    // Stopped, it cannot.
    let daemon = sandbox.process_in(PIDFILE);
    daemon.signal(Signal::SIGSTOP);
    std::fs::rename(sandbox.join("log"), sandbox.join("log.2")).expect("a turn");
    let reloaded = verb(&sandbox, &["reload", "--timeout", "0.3"]).run().expect_code(1);
    assert!(reloaded.stderr.contains("not answered in time"), "{reloaded:?}");
    daemon.signal(Signal::SIGCONT);
}

/// Nobody would ever answer, so it does not wait for that.
fn a_program_that_handles_it_alone_gives_no_answer() {
    let sandbox = Sandbox::new();
    let words = ["mode=background", "control=first", "hang-up=handle", "notify"];
    told(&sandbox, words).run().expect_code(0);
    let reloaded = verb(&sandbox, &["reload"]).run().expect_code(1);
    assert!(reloaded.stderr.contains("gives no answer"), "{reloaded:?}");
    assert!(sandbox.process_in(PIDFILE).is_alive());
}
