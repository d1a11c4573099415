//! Promise 1: exit status 0 of a start means that the daemon runs, holds its pidfile, and (with `Ready`)
//! said that it is ready. Nothing else gives 0.

use std::path::Path;

use daemon_tests::{
    NotifySocket, PIDFILE, Process, Running, Sandbox, Signal, Start, fixture, in_both_ways, told,
};

daemon_tests::tests![
    a_ready_daemon_runs_and_holds_its_pidfile,
    ready_can_be_said_on_another_thread,
    without_ready_the_command_returns_before_the_body,
    the_command_waits_until_the_daemon_is_ready,
    a_detached_ready_makes_nobody_ready,
    what_the_daemon_does_once_it_is_ready_is_its_own_affair,
    the_end_of_a_child_is_not_the_daemons,
    the_word_of_a_child_is_not_the_daemons,
    the_word_of_a_child_is_not_told_to_a_supervisor,
    a_child_that_lives_on_does_not_hide_the_daemons_end,
    a_child_that_lives_on_does_not_hold_up_the_start,
    a_body_that_returns_was_not_ready,
    a_body_that_exits_with_0_was_not_ready,
    a_body_that_returns_while_a_thread_keeps_ready_was_not_ready,
    a_killed_body_was_not_ready,
    ready_dropped_while_the_program_lives_on,
    ready_dropped_with_the_thread_that_had_it,
    ready_dropped_by_a_program_that_then_fails,
    ready_dropped_by_a_program_that_then_exits_with_0,
    a_body_that_closes_every_descriptor,
    a_body_that_becomes_another_program,
    a_killed_intermediate_does_not_hide_that_it_is_ready,
    a_killed_intermediate_does_not_hide_that_it_fails,
    a_killed_intermediate_does_not_hide_that_it_is_late,
    children_in_another_process_namespace_cannot_be_daemons,
    of_which_configure_is_the_cause,
    of_which_one_is_ready_before_its_end,
    of_which_a_supervisor_wants_to_hear,
    a_stranger_who_has_the_daemons_number_there_is_not_signalled,
];

/// The daemon of a command that has just returned with status 0: nothing is waited for.
#[track_caller]
fn daemon_of(sandbox: &Sandbox) -> Process {
    let pidfile = sandbox.read(PIDFILE);
    let pid = pidfile.strip_suffix('\n').expect("a line").parse().expect("a number");
    let daemon = Process::find(pid).expect("a live process");
    assert_eq!(pidfile, format!("{pid}\n"));
    let path = sandbox.join(PIDFILE);
    let descriptors = daemon.descriptors();
    let holds = descriptors.values().any(|it| it.target == path && it.holds_flock());
    assert!(holds, "{descriptors:?}");
    daemon
}

/// After a failed start there is no daemon, and no pidfile that could make somebody look for one.
#[track_caller]
fn assert_no_daemon(sandbox: &Sandbox) {
    // At once, because the command returns after the daemon.
    assert!(sandbox.processes().is_empty(), "{:?}", sandbox.processes());
    assert!(!sandbox.join(PIDFILE).exists());
}

/// A start in the background of which a supervisor wants to hear: the intermediate process stays.
fn supervised<'a>(sandbox: &'a Sandbox, supervisor: &NotifySocket, words: &[&str]) -> Start<'a> {
    let start = told(sandbox, ["mode=background"]).args(words);
    start.env("NOTIFY_SOCKET", supervisor.address())
}

fn a_ready_daemon_runs_and_holds_its_pidfile() {
    let sandbox = Sandbox::new();
    let finished = told(&sandbox, ["notify"]).run().expect_code(0);
    let daemon = daemon_of(&sandbox);
    assert_eq!((finished.stdout.as_str(), finished.stderr.as_str()), ("", ""));
    assert_eq!(daemon.exe(), Path::new(fixture!("does_as_told")));
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn ready_can_be_said_on_another_thread() {
    let sandbox = Sandbox::new();
    told(&sandbox, ["notify-on-a-thread"]).run().expect_code(0);
    sandbox.end(&daemon_of(&sandbox), Signal::SIGTERM);
}

fn without_ready_the_command_returns_before_the_body() {
    let sandbox = Sandbox::new();
    sandbox
        .start(fixture!("without_ready"))
        .args(["wait:go", "note:body-ran"])
        .run()
        .expect_code(0);
    let daemon = daemon_of(&sandbox);
    assert!(!sandbox.join("body-ran").exists());
    sandbox.file("go", 0o644, "");
    daemon.wait_for_death();
    assert!(sandbox.join("body-ran").exists());
    assert!(!sandbox.join(PIDFILE).exists());
    sandbox.assert_nothing_left();
}

fn the_command_waits_until_the_daemon_is_ready() {
    let sandbox = Sandbox::new();
    let mut command =
        told(&sandbox, ["status:opening", "wait:go", "notify:open", "wait:end"]).spawn();
    command.wait_for_text("opening");
    let daemon = daemon_of(&sandbox);
    assert!(!command.has_ended());
    sandbox.file("go", 0o644, "");
    let finished = command.wait().expect_code(0);
    assert_eq!(finished.stderr, "does_as_told: opening\ndoes_as_told: open\n");
    assert_eq!(daemon_of(&sandbox).pid(), daemon.pid());
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn a_detached_ready_makes_nobody_ready() {
    let sandbox = Sandbox::new();
    let steps = ["start_timeout=1", "notify-by-a-detached-one", "status:still at it"];
    let finished = told(&sandbox, steps).run().expect_code(124);
    assert!(finished.stderr.contains("still at it"), "{finished:?}");
    assert_no_daemon(&sandbox);
}

fn what_the_daemon_does_once_it_is_ready_is_its_own_affair() {
    for steps in [["notify", "exit:3"], ["notify", "error:too late"]] {
        let sandbox = Sandbox::new();
        let finished = told(&sandbox, steps).run().expect_code(0);
        assert_eq!(finished.stderr, "");
        sandbox.assert_nothing_left();
        assert!(!sandbox.join(PIDFILE).exists());
    }
}

fn the_end_of_a_child_is_not_the_daemons() {
    let sandbox = Sandbox::new();
    let steps = ["child-that-drops-and-exits", "status:alone again", "wait:go", "notify"];
    let mut command = told(&sandbox, steps).spawn();
    command.wait_for_text("alone again");
    assert!(!command.has_ended());
    sandbox.file("go", 0o644, "");
    command.wait().expect_code(0);
    sandbox.end(&daemon_of(&sandbox), Signal::SIGTERM);
}

/// What a forked child does with its copy of `Ready`.
const WORDS_OF_A_CHILD: [&str; 3] = [
    "child-that-notifies-and-exits",
    "child-that-says-and-exits:a lie",
    "child-that-drops-and-exits",
];

fn the_word_of_a_child_is_not_the_daemons() {
    for word in WORDS_OF_A_CHILD {
        let sandbox = Sandbox::new();
        let finished = told(&sandbox, [word, "exit:3"]).run().expect_code(3);
        let words = "does_as_told: exited with status 3 before it was ready\n";
        assert_eq!(finished.stderr, words, "{word}");
        assert_no_daemon(&sandbox);

        // The daemon has its own `Ready` still.
        let finished = told(&sandbox, [word, "notify:the truth"]).run();
        if !word.contains("drops") {
            let finished = finished.expect_code(0);
            assert_eq!(finished.stderr, "does_as_told: the truth\n", "{word}");
            sandbox.end(&daemon_of(&sandbox), Signal::SIGTERM);
        }
    }
}

fn the_word_of_a_child_is_not_told_to_a_supervisor() {
    for word in WORDS_OF_A_CHILD {
        let sandbox = Sandbox::new();
        let supervisor = NotifySocket::bind(&sandbox);
        let start = supervised(&sandbox, &supervisor, &[word, "exit:3"]);
        start.run().expect_code(3);
        let failed = "STATUS=exited with status 3 before it was ready\nEXIT_STATUS=3\nERRNO=125";
        assert_eq!(supervisor.receive().text, failed, "{word}");
        assert_eq!(supervisor.receive_now(), None, "{word}");
        assert_no_daemon(&sandbox);
    }
}

fn a_child_that_lives_on_does_not_hide_the_daemons_end() {
    let sandbox = Sandbox::new();
    let finished = told(&sandbox, ["child-that-lives-on", "exit:3"]).run().expect_code(3);
    let left = sandbox.processes();
    assert!(left.is_empty(), "{left:?}\n{finished:?}");
}

/// It has a copy of all that the daemon has, so there is no end of file.
fn a_child_that_lives_on_does_not_hold_up_the_start() {
    let sandbox = Sandbox::new();
    told(&sandbox, ["child-that-lives-on", "notify"]).run().expect_code(0);
    let daemon = daemon_of(&sandbox);
    daemon.children()[0].signal(Signal::SIGKILL);
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn a_body_that_returns_was_not_ready() {
    let sandbox = Sandbox::new();
    let finished = told(&sandbox, ["return:0"]).run().expect_code(70);
    let words = "does_as_told: exited with status 0 before it was ready: it has not called \
                 `ready.notify()`\n";
    assert_eq!(finished.stderr, words);
    assert_no_daemon(&sandbox);
}

fn a_body_that_exits_with_0_was_not_ready() {
    let sandbox = Sandbox::new();
    let finished = told(&sandbox, ["exit:0"]).run().expect_code(70);
    let words = "does_as_told: exited with status 0 before it was ready: it has not called \
                 `ready.notify()`\n";
    assert_eq!(finished.stderr, words);
    assert_no_daemon(&sandbox);
}

fn a_body_that_returns_while_a_thread_keeps_ready_was_not_ready() {
    let sandbox = Sandbox::new();
    let finished = told(&sandbox, ["keep-on-a-thread", "exit:0"]).run().expect_code(70);
    assert!(finished.stderr.contains("before it was ready"), "{finished:?}");
    assert_no_daemon(&sandbox);
}

fn a_killed_body_was_not_ready() {
    let sandbox = Sandbox::new();
    let mut command = told(&sandbox, ["status:opening"]).spawn();
    command.wait_for_text("opening");
    daemon_of(&sandbox).signal(Signal::SIGKILL);
    let finished = command.wait().expect_code(137);
    let words = "does_as_told: was killed by SIGKILL before it was ready\n";
    assert!(finished.stderr.ends_with(words), "{finished:?}");
    assert_no_daemon(&sandbox);
}

const DROPPED: &str = "does_as_told: the start failed: `daemon::Ready` was dropped before `notify` \
                       was called; the daemon was stopped\n";

fn ready_dropped_while_the_program_lives_on() {
    let sandbox = Sandbox::new();
    let finished = told(&sandbox, ["drop"]).run().expect_code(70);
    assert_eq!(finished.stderr, DROPPED);
    assert_no_daemon(&sandbox);
}

fn ready_dropped_with_the_thread_that_had_it() {
    let sandbox = Sandbox::new();
    let finished = told(&sandbox, ["drop-on-a-thread"]).run().expect_code(70);
    assert_eq!(finished.stderr, DROPPED);
    assert_no_daemon(&sandbox);
}

/// What the program itself says of its end tells more than that `Ready` is gone.
fn ready_dropped_by_a_program_that_then_fails() {
    let sandbox = Sandbox::new();
    let finished = told(&sandbox, ["drop", "error:no disk"]).run().expect_code(1);
    let words = "Error: \"no disk\"\ndoes_as_told: exited with status 1 before it was ready\n";
    assert_eq!(finished.stderr, words);
    assert_no_daemon(&sandbox);
}

fn ready_dropped_by_a_program_that_then_exits_with_0() {
    let sandbox = Sandbox::new();
    let finished = told(&sandbox, ["drop", "exit:0"]).run().expect_code(70);
    assert!(finished.stderr.contains("before it was ready"), "{finished:?}");
    assert_no_daemon(&sandbox);
}

const SILENCED: &str = "does_as_told: the start failed: the daemon closed the descriptor over \
                        which `daemon::Ready` says that it is ready; the daemon was stopped\n";

/// An end of file, and the daemon is alive.
fn a_body_that_closes_every_descriptor() {
    let sandbox = Sandbox::new();
    let finished = told(&sandbox, ["close-descriptors"]).run().expect_code(70);
    assert_eq!(finished.stderr, SILENCED);
    assert_no_daemon(&sandbox);
}

fn a_body_that_becomes_another_program() {
    let sandbox = Sandbox::new();
    let finished = told(&sandbox, ["exec:sleep"]).run().expect_code(70);
    assert_eq!(finished.stderr, SILENCED);
    assert_no_daemon(&sandbox);
}

/// Kills the process that made the daemon and watches it, and gives the daemon, which waits at `go`.
#[track_caller]
fn kill_the_intermediate(sandbox: &Sandbox, command: &mut Running<'_>) -> Process {
    command.wait_for_text("warming up");
    let daemon = daemon_of(sandbox);
    let intermediate = command.process().only_child();
    assert_eq!(daemon.ppid(), intermediate.pid());
    intermediate.signal(Signal::SIGKILL);
    daemon.wait_until("has another parent", |it| it.ppid() != intermediate.pid());
    daemon
}

fn a_killed_intermediate_does_not_hide_that_it_is_ready() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let steps = ["status:warming up", "wait:go", "notify:at your service"];
    let mut command = supervised(&sandbox, &supervisor, &steps).spawn();
    let daemon = kill_the_intermediate(&sandbox, &mut command);
    let status = supervisor.receive().text;
    assert!(status.starts_with("STATUS=warming up\n"), "{status}");
    sandbox.file("go", 0o644, "");
    let finished = command.wait().expect_code(0);
    assert!(finished.stderr.ends_with("does_as_told: at your service\n"), "{finished:?}");
    assert_eq!(daemon_of(&sandbox).pid(), daemon.pid());
    let ready = supervisor.receive();
    let text = format!("MAINPID={}\nREADY=1\nSTATUS=at your service", daemon.pid());
    assert_eq!((ready.text, ready.sender), (text, command.process().pid()));
    assert_eq!(supervisor.receive_now(), None);
    sandbox.end(&daemon, Signal::SIGTERM);
}

fn a_killed_intermediate_does_not_hide_that_it_fails() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let steps = ["status:warming up", "wait:go", "print:no disk", "exit:3"];
    let mut command = supervised(&sandbox, &supervisor, &steps).spawn();
    kill_the_intermediate(&sandbox, &mut command);
    sandbox.file("go", 0o644, "");
    let finished = command.wait();
    assert_ne!(finished.code(), 0, "{finished:?}");
    assert!(finished.stderr.contains("no disk\n"), "{finished:?}");
    assert_not_ready(&sandbox, &supervisor);
}

fn a_killed_intermediate_does_not_hide_that_it_is_late() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let steps = ["start_timeout=3", "command:sleep 1000", "status:warming up"];
    let mut command = supervised(&sandbox, &supervisor, &steps).spawn();
    kill_the_intermediate(&sandbox, &mut command);
    let finished = command.wait().expect_code(124);
    assert!(finished.stderr.contains("not ready after 3 s"), "{finished:?}");
    assert_not_ready(&sandbox, &supervisor);
}

/// The start has left nothing, the supervisor has not heard that it is ready, and the next start
/// does not find it running.
#[track_caller]
fn assert_not_ready(sandbox: &Sandbox, supervisor: &NotifySocket) {
    assert_no_daemon(sandbox);
    supervisor.assert_not_ready();
    told(sandbox, ["notify"]).run().expect_code(0);
    sandbox.end(&daemon_of(sandbox), Signal::SIGTERM);
}

/// Daemons whose commands cannot be their parents: the numbers mean something else to them. One is
/// ready, one fails, one is late, and one does not end when it is told to.
const ELSEWHERE: [&[&str]; 4] =
    [&["notify"], &["exit:3"], &["start_timeout=1"], &["start_timeout=1", "ignore-term"]];

/// As with unshare(1) without `--fork`: the first child is process 1 there, whose end is that of all
/// the others.
const UNSHARE: [&str; 2] = ["unshare", "--pid"];

const WORDS_OF_THE_OTHER_NAMESPACE: &str = "does_as_told: cannot go to the background: children are in another process namespace: for \
     unshare(1), add --fork; for nsenter(1), leave --no-fork out\n";

fn children_in_another_process_namespace_cannot_be_daemons() {
    require_namespaces();
    for words in ELSEWHERE {
        let sandbox = Sandbox::new();
        let finished = told(&sandbox, ["mode=background"]).args(words).under(UNSHARE).run();
        assert_eq!(finished.stderr, WORDS_OF_THE_OTHER_NAMESPACE, "{words:?}");
        assert_no_daemon(&sandbox);
        finished.expect_code(78);
    }
}

fn of_which_configure_is_the_cause() {
    require_namespaces();
    for words in ELSEWHERE {
        let sandbox = Sandbox::new();
        let finished = told(&sandbox, ["mode=background", "children=elsewhere"]).args(words).run();
        assert_eq!(finished.stderr, WORDS_OF_THE_OTHER_NAMESPACE, "{words:?}");
        assert_no_daemon(&sandbox);
        finished.expect_code(78);
    }
}

/// Process 1 there, with whose end it is dead, takes its time.
fn of_which_one_is_ready_before_its_end() {
    require_namespaces();
    let sandbox = Sandbox::new();
    let words = ["mode=background", "children=elsewhere", "atfork=linger", "notify"];
    let finished = told(&sandbox, words).run();
    assert_eq!(finished.stderr, WORDS_OF_THE_OTHER_NAMESPACE);
    assert_no_daemon(&sandbox);
    finished.expect_code(78);
}

/// There the intermediate process would be the parent, with whose end the daemon would be dead.
fn of_which_a_supervisor_wants_to_hear() {
    require_namespaces();
    for words in ELSEWHERE {
        for (prefix, option) in [(&UNSHARE[..], None), (&[], Some("children=elsewhere"))] {
            let sandbox = Sandbox::new();
            let supervisor = NotifySocket::bind(&sandbox);
            let start = supervised(&sandbox, &supervisor, words).args(option);
            let finished = start.under(prefix.iter().copied()).run();
            assert_ne!(finished.code(), 0, "{words:?}: {finished:?}");
            if words == ["notify"] {
                assert!(finished.stderr.contains("process namespace"), "{finished:?}");
            }
            assert_no_daemon(&sandbox);
            supervisor.assert_not_ready();
        }
    }
}

/// In a namespace of the test's own, where the low numbers are those of bystanders.
fn a_stranger_who_has_the_daemons_number_there_is_not_signalled() {
    let line = "for number in 2 3 4 5 6; do sleep 1000 & done; unshare --pid \"$@\"; code=$?; \
                sleep 0.2; echo alive: $(jobs -r | wc -l); kill $(jobs -p); exit $code";
    for words in ELSEWHERE {
        in_both_ways(words, |sandbox, start, _| {
            let finished = start.under(["bash", "-c", line, "bash"]).as_process_1().run();
            assert_eq!(finished.stdout, "alive: 5\n", "{words:?}: {finished:?}");
            sandbox.assert_nothing_left();
        });
    }
}

/// Skips the test where there are none.
#[track_caller]
fn require_namespaces() {
    let sandbox = Sandbox::new();
    drop(sandbox.start("true").as_process_1());
}
