//! Promise 24: a request to stop ends a program that does not ask for it, and is never lost on one
//! that does.

use std::panic::UnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::time::{Duration, Instant};

use daemon_tests::{
    NotifySocket, PIDFILE, Resource, Running, Sandbox, Signal, Standard, fixture, full_pipe, told,
};

use crate::waiting::{start, until_it_waits, waits};

daemon_tests::tests![
    a_program_that_does_not_ask_is_ended,
    a_request_at_any_moment_ends_it_or_is_seen,
    it_is_seen_whichever_thread_has_asked,
    a_request_that_was_blocked_at_entry_is_seen,
    a_request_that_was_pending_at_entry_is_seen,
    the_sender_is_named_if_it_is_a_process,
    the_program_itself_requests_it,
    the_first_reason_counts,
    a_second_interrupt_later_ends_it,
    a_second_interrupt_ends_process_1,
    what_is_left_is_named_when_the_time_is_up,
    a_full_pipe_does_not_keep_it_longer,
    an_exit_that_hangs_does_not_keep_it_longer,
    the_delay_comes_before_the_end,
    the_environment_sets_the_delay,
    an_interrupt_has_no_delay,
    an_interrupt_ends_the_delay,
    a_delay_that_is_no_number_is_refused,
    a_start_that_is_not_ready_is_ended,
    a_terminal_that_goes_is_a_request,
    without_a_descriptor_left_the_terminal_is_not_taken_to_be_gone,
    what_nohup_ignores_stays_ignored,
    what_nohup_ignores_stays_ignored_with_a_log,
    its_descriptor_stays_readable,
    a_future_of_each_stage_needs_no_runtime,
    a_future_that_is_dropped_keeps_no_waker,
    main_may_return_with_holds_left,
    a_loop_of_them_does_process_1_no_harm,
];

/// Servers ask this of the futures that they are handed, and programs of what they share.
const _: () = {
    const fn shared<T: Send + Sync + Unpin + UnwindSafe + 'static>() {}
    const fn future<T: Future<Output = ()> + Clone + Send + Sync + Unpin + 'static>() {}
    const fn sent<T: Send + 'static>() {}
    shared::<daemon::Stop>();
    future::<daemon::Requested>();
    future::<daemon::Stopped>();
    future::<daemon::Drained>();
    sent::<daemon::Hold>();
    sent::<daemon::Events>();
    sent::<daemon::Reload>();
};

fn a_program_that_does_not_ask_is_ended() {
    let sandbox = Sandbox::new();
    let mut running = told(&sandbox, ["mode=foreground", "notify", "print:waits"]).spawn();
    running.wait_for_text("waits");
    running.signal(Signal::SIGTERM);
    running.end(143);
}

fn a_request_at_any_moment_ends_it_or_is_seen() {
    let mut seen = 0;
    for round in 0..80 {
        let sandbox = Sandbox::new();
        let words: &[&str] = if round % 2 == 0 { &[] } else { &["events:done"] };
        let words_after = ["say:it has asked", "notify", "stop"];
        let mut running = start(&sandbox, words).args(words_after).spawn();
        // Another moment in each round; none of them can be waited for.
        let moment = Instant::now() + Duration::from_micros(100 * round);
        while Instant::now() < moment {}
        running.signal(Signal::SIGTERM);
        let finished = running.wait();
        match finished.code() {
            143 => assert!(!finished.stderr.contains("it has asked"), "{finished:?}"),
            0 => {
                seen += 1;
                assert!(finished.stderr.contains("stopped: SIGTERM"), "{finished:?}");
            }
            _ => panic!("{finished:?}"),
        }
    }
    println!("{seen} of 80 were seen by the program");
}

fn it_is_seen_whichever_thread_has_asked() {
    // Which of the threads is the first differs from round to round.
    for _ in 0..60 {
        let sandbox = Sandbox::new();
        let start = sandbox.start(fixture!("asks_from_threads")).arg("mode=foreground");
        start.run().expect_code(0);
    }
}

fn a_request_that_was_blocked_at_entry_is_seen() {
    let sandbox = Sandbox::new();
    let running = until_it_waits(start(&sandbox, &[]).block(Signal::SIGTERM));
    running.signal(Signal::SIGTERM);
    running.end(0);
}

fn a_request_that_was_pending_at_entry_is_seen() {
    let sandbox = Sandbox::new();
    // The shell inherits the mask, and passes it on with what is pending; see execve(2).
    let start = start(&sandbox, &["notify", "stop"]).block(Signal::SIGTERM);
    let running = start.under(["/bin/sh", "-c", "kill -TERM $$; exec \"$0\" \"$@\""]).spawn();
    let own = running.process().pid();
    assert_eq!(running.end(0).stderr, format!("stopped: SIGTERM from process {own}\n"));
}

fn the_sender_is_named_if_it_is_a_process() {
    for (means, is_named) in [("queue", true), ("thread", true), ("timer", false)] {
        let sandbox = Sandbox::new();
        let running = start(&sandbox, &["notify", &format!("request-by:{means}"), "stop"]).spawn();
        let own = running.process().pid();
        let sender = if is_named { format!(" from process {own}") } else { String::new() };
        assert_eq!(running.end(0).stderr, format!("stopped: SIGTERM{sender}\n"), "{means}");
    }
}

fn the_program_itself_requests_it() {
    let sandbox = Sandbox::new();
    let finished = start(&sandbox, &["notify", "request:it is done", "stop"]).run();
    assert_eq!((finished.code(), &*finished.stderr), (0, "stopped: it is done\n"));
}

fn the_first_reason_counts() {
    let sandbox = Sandbox::new();
    let words = ["notify", "request:it is done", "say:waits", "wait:go", "stop"];
    let mut running = start(&sandbox, &words).spawn();
    running.wait_for_text("waits");
    running.signal(Signal::SIGTERM);
    sandbox.file("go", 0o600, "");
    let finished = running.end(0);
    assert_eq!(finished.stderr, "waits\nstopped: it is done\n");
}

/// Sends SIGINT until it has ended; gives how long that took.
fn interrupt_until_it_ends(
    mut running: Running<'_>,
    send: impl Fn(&Running<'_>),
) -> (i32, Duration) {
    let since = Instant::now();
    running.wait_until("it ends", |running| {
        let ended = running.has_ended();
        if !ended {
            send(running);
        }
        ended
    });
    (running.wait().code(), since.elapsed())
}

fn a_second_interrupt_later_ends_it() {
    let sandbox = Sandbox::new();
    let running = waits(&sandbox, &["hold:work"]);
    let (code, elapsed) =
        interrupt_until_it_ends(running, |running| running.signal(Signal::SIGINT));
    assert_eq!(code, 130);
    assert!(elapsed >= Duration::from_secs(1), "{elapsed:?}");
    assert!(!sandbox.join(PIDFILE).exists());
}

fn a_second_interrupt_ends_process_1() {
    let sandbox = Sandbox::new();
    let running = until_it_waits(start(&sandbox, &["hold:work"]).as_process_1());
    let inside = running.process().only_child();
    assert_eq!(inside.number_inside(), "1");
    let (code, _) = interrupt_until_it_ends(running, |_| {
        if inside.is_alive() {
            inside.signal(Signal::SIGINT);
        }
    });
    assert_eq!(code, 130);
}

fn what_is_left_is_named_when_the_time_is_up() {
    let sandbox = Sandbox::new();
    let running = waits(&sandbox, &["stop_timeout=1", "hold:the report", "hold:10.0.0.7"]);
    running.signal(Signal::SIGTERM);
    let stderr = running.end(75).stderr;
    let expected =
        "reloads: ended, because it did not stop within 1 s: 2 left: the report, 10.0.0.7\n";
    assert!(stderr.ends_with(expected), "{stderr}");
    assert!(!sandbox.join(PIDFILE).exists());
}

fn a_full_pipe_does_not_keep_it_longer() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let (_reader, writer) = full_pipe();
    let start = start(&sandbox, &["stop_timeout=1", "hold:the report", "notify", "stop"])
        .env("NOTIFY_SOCKET", supervisor.address())
        .stderr(Standard::Descriptor(writer));
    let running = start.spawn();
    assert_eq!(supervisor.receive().text, "READY=1");
    running.signal(Signal::SIGTERM);
    running.end(75);
    assert!(!sandbox.join(PIDFILE).exists());
}

fn an_exit_that_hangs_does_not_keep_it_longer() {
    let sandbox = Sandbox::new();
    // In the end, `main` returns, and exit(3) does not.
    let running = waits(&sandbox, &["stop_timeout=1", "hang-at-exit"]);
    running.signal(Signal::SIGTERM);
    let stderr = running.end(75).stderr;
    let expected = "within 1 s: nothing holds it up, but the program has not ended\n";
    assert!(stderr.ends_with(expected), "{stderr}");
    assert!(!sandbox.join(PIDFILE).exists());
}

/// How long the program takes to end at this signal.
fn takes(words: &[&str], variable: Option<&str>, signal: Signal) -> Duration {
    let sandbox = Sandbox::new();
    let mut start = start(&sandbox, words);
    if let Some(seconds) = variable {
        start = start.env("DAEMON_STOP_DELAY", seconds);
    }
    let running = until_it_waits(start);
    let since = Instant::now();
    running.signal(signal);
    running.end(0);
    since.elapsed()
}

fn the_delay_comes_before_the_end() {
    let took = takes(&["stop_delay=1"], None, Signal::SIGTERM);
    assert!((1.0..5.0).contains(&took.as_secs_f64()), "{took:?}");
}

fn the_environment_sets_the_delay() {
    let took = takes(&["stop_delay=1000"], Some("1"), Signal::SIGTERM);
    assert!((1.0..5.0).contains(&took.as_secs_f64()), "{took:?}");
}

fn an_interrupt_has_no_delay() {
    let took = takes(&["stop_delay=1000"], None, Signal::SIGINT);
    assert!(took < Duration::from_secs(5), "{took:?}");
}

fn an_interrupt_ends_the_delay() {
    let sandbox = Sandbox::new();
    let running = waits(&sandbox, &["stop_delay=1000"]);
    running.signal(Signal::SIGTERM);
    running.signal(Signal::SIGINT);
    let stderr = running.end(0).stderr;
    assert!(stderr.contains("stopped: SIG"), "{stderr}");
}

fn a_delay_that_is_no_number_is_refused() {
    let sandbox = Sandbox::new();
    let finished = start(&sandbox, &["notify", "stop"]).env("DAEMON_STOP_DELAY", "5s").run();
    assert_eq!(finished.code(), 78);
    let expected = "DAEMON_STOP_DELAY is \"5s\": set it to a number of seconds, or unset it";
    assert!(finished.stderr.contains(expected), "{finished:?}");
}

fn a_start_that_is_not_ready_is_ended() {
    // However long a stop may take later.
    for stop_timeout in ["stop_timeout=1", "stop_timeout=1000"] {
        let sandbox = Sandbox::new();
        let mut running = start(&sandbox, &[stop_timeout, "say:waits", "wait:never"]).spawn();
        running.wait_for_text("waits");
        let since = Instant::now();
        running.signal(Signal::SIGTERM);
        assert_eq!(running.wait().code(), 143, "{stop_timeout}");
        assert!(since.elapsed() >= Duration::from_secs(5), "{:?}", since.elapsed());
    }
}

fn a_terminal_that_goes_is_a_request() {
    let sandbox = Sandbox::new();
    let start = start(&sandbox, &["stderr=@/daemon.log", "notify", "say:waits", "stop"]);
    let mut running = start.terminal().spawn();
    sandbox.wait_until("it waits", || {
        sandbox.join("daemon.log").exists() && sandbox.read("daemon.log").contains("waits")
    });
    running.hang_up();
    assert_eq!(running.wait().code(), 0);
    assert!(sandbox.read("daemon.log").ends_with("stopped: the terminal is gone\n"));
}

fn what_nohup_ignores_stays_ignored() {
    let sandbox = Sandbox::new();
    let running = until_it_waits(start(&sandbox, &[]).ignore(Signal::SIGHUP));
    assert!(running.process().ignored().contains(Signal::SIGHUP));
    running.signal(Signal::SIGHUP);
    running.signal(Signal::SIGTERM);
    let stderr = running.end(0).stderr;
    assert!(stderr.contains("stopped: SIGTERM"), "{stderr}");
}

fn what_nohup_ignores_stays_ignored_with_a_log() {
    let sandbox = Sandbox::new();
    // It asks for nothing: a handler would open the log anew.
    let words = ["mode=foreground", "stderr=@/daemon.log", "notify", "print:waits"];
    let running = told(&sandbox, words).ignore(Signal::SIGHUP).spawn();
    sandbox.wait_until("it waits", || {
        std::fs::read_to_string(sandbox.join("daemon.log")).is_ok_and(|log| log == "waits\n")
    });
    assert!(running.process().ignored().contains(Signal::SIGHUP));
    running.signal(Signal::SIGTERM);
    running.end(143);
}

fn without_a_descriptor_left_the_terminal_is_not_taken_to_be_gone() {
    let sandbox = Sandbox::new();
    let words = ["stderr=@/daemon.log", "events:done", "notify", "exhaust:go", "say:exhausted"];
    let start = start(&sandbox, &words).arg("stop").limit(Resource::RLIMIT_NOFILE, 64, 64);
    let mut running = start.terminal().spawn();
    let has = |text: &str| {
        sandbox.join("daemon.log").exists() && sandbox.read("daemon.log").contains(text)
    };
    sandbox.wait_until("it has none left", || has("exhausted"));
    running.signal(Signal::SIGHUP);
    sandbox.wait_until("an answer", || has("answered done"));
    running.signal(Signal::SIGTERM);
    assert_eq!(running.wait().code(), 0);
    assert!(has("stopped: SIGTERM"));
}

fn its_descriptor_stays_readable() {
    let sandbox = Sandbox::new();
    let mut running = start(&sandbox, &["notify", "say:waits", "poll", "stop"]).spawn();
    running.wait_for_text("waits");
    running.signal(Signal::SIGTERM);
    assert!(running.end(0).stderr.contains("readable, and stays so: true"));
}

fn a_future_of_each_stage_needs_no_runtime() {
    let sandbox = Sandbox::new();
    let words = ["stop_delay=0.3", "hold:work", "release:go", "notify", "say:waits", "block-on"];
    let mut running = start(&sandbox, &words).arg("return").spawn();
    running.wait_for_text("waits");
    running.signal(Signal::SIGTERM);
    running.wait_for_text("requested\nstopped\n");
    assert!(!running.stderr().contains("drained"));
    sandbox.file("go1", 0o600, "");
    assert!(running.end(0).stderr.ends_with("requested\nstopped\ndrained\n"));
}

fn a_future_that_is_dropped_keeps_no_waker() {
    struct Nobody;

    impl Wake for Nobody {
        fn wake(self: Arc<Self>) {}
    }

    let stop = daemon::Stop::detached();
    let nobody = Arc::new(Nobody);
    let waker = Waker::from(nobody.clone());
    let mut context = Context::from_waker(&waker);
    let mut stopped = stop.stopped();
    for _ in 0..3 {
        // Each time it is polled, the last waker counts.
        assert!(pin!(&mut stopped).poll(&mut context).is_pending());
        assert_eq!(Arc::strong_count(&nobody), 3);
    }
    drop(stopped);
    assert_eq!(Arc::strong_count(&nobody), 2);
    let mut drained = stop.drained();
    assert!(pin!(&mut drained).poll(&mut context).is_pending());
    stop.request("the test is over");
    assert_eq!(Arc::strong_count(&nobody), 2, "it was woken, and is waited for no more");
    assert!(pin!(&mut drained).poll(&mut context).is_ready());
}

fn main_may_return_with_holds_left() {
    let sandbox = Sandbox::new();
    let running = start(&sandbox, &["hold:work", "notify", "return"]).spawn();
    running.end(0);
    assert!(!sandbox.join(PIDFILE).exists());
}

fn a_loop_of_them_does_process_1_no_harm() {
    let sandbox = Sandbox::new();
    let words = ["hold:work", "release:go"];
    let mut running = until_it_waits(start(&sandbox, &words).as_process_1());
    let inside = running.process().only_child();
    assert_eq!(inside.number_inside(), "1");
    let since = Instant::now();
    // A second SIGINT would end it by then.
    sandbox.wait_until("it was sent many", || {
        inside.signal(Signal::SIGTERM);
        inside.signal(Signal::SIGHUP);
        since.elapsed() > Duration::from_millis(1500)
    });
    running.wait_for_text("stopped: SIGTERM");
    sandbox.file("go1", 0o600, "");
    running.end(0);
}
