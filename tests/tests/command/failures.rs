//! Promise 2: a failure before readiness reaches the shell whole: everything the daemon wrote to
//! standard error during the start, where the log is, and its own exit status or the signal's name.

use std::{fs, path::Path};

use daemon_tests::{Descriptor, Finished, PIDFILE, Sandbox, Signal, fixture, told};

daemon_tests::tests![
    an_error_of_main,
    a_panic,
    a_panic_on_a_thread,
    a_panic_hook_of_the_program_is_the_only_one,
    a_message_before_exit,
    an_abort,
    a_segmentation_fault,
    a_stack_overflow,
    a_failed_assertion_in_c,
    a_signal_from_outside,
    nothing_that_was_said_is_lost_to_a_kill,
    of_a_long_text_the_beginning_and_the_end_are_shown,
    of_a_long_line_the_beginning_and_the_end_are_shown,
    a_long_line_is_cut_between_two_characters,
    a_text_of_just_5_kib_is_whole,
    control_characters_are_escaped,
    bytes_that_are_no_text_are_replaced,
    a_text_without_a_newline_is_ended,
    a_log_has_the_text_too,
    a_log_shows_only_what_this_start_wrote,
    a_log_that_stdout_shares_shows_the_text_once,
    a_log_of_stdout_is_named_too,
    a_log_is_not_named_when_the_start_succeeds,
    inherited_stderr_shows_the_text_once,
    a_terminal_gets_the_text,
    a_child_of_the_body_does_not_hold_the_callers_pipes,
    a_child_of_a_body_that_fails_does_not_either,
    a_shell_that_captures_the_output_goes_on,
    a_ready_daemon_writes_to_no_memory,
    what_a_ready_daemon_writes_goes_nowhere,
    a_program_that_redirected_its_stderr_keeps_it,
    a_log_stays_stderr_once_the_daemon_is_ready,
];

/// What becomes of a daemon that ends by these steps.
#[track_caller]
fn ends<const N: usize>(steps: [&str; N]) -> Finished {
    let sandbox = Sandbox::new();
    let finished = told(&sandbox, steps).run();
    assert!(sandbox.processes().is_empty(), "{:?}", sandbox.processes());
    assert!(!sandbox.join(PIDFILE).exists());
    assert_eq!(finished.stdout, "");
    finished
}

/// What a start says whose daemon writes these bytes and then exits with status 1.
#[track_caller]
fn after_writing(bytes: &[u8]) -> String {
    let sandbox = Sandbox::new();
    fs::write(sandbox.join("text"), bytes).expect("a file");
    told(&sandbox, ["print-file:text", "exit:1"]).run().expect_code(1).stderr
}

/// What the command says itself after all that the daemon said.
const EXITED_WITH_1: &str = "does_as_told: exited with status 1 before it was ready";

#[track_caller]
fn assert_says(finished: &Finished, first: &str, last: &str) {
    assert!(finished.stderr.contains(first), "{first:?} is not in it\n{finished:?}");
    assert!(finished.stderr.ends_with(last), "it does not end with {last:?}\n{finished:?}");
}

fn an_error_of_main() {
    let finished = ends(["open:/nowhere/echod.conf"]).expect_code(1);
    let error = "Error: Os { code: 2, kind: NotFound, message: \"No such file or directory\" }\n";
    let verdict = "does_as_told: exited with status 1 before it was ready\n";
    assert_eq!(finished.stderr, format!("{error}{verdict}"));
}

fn a_panic() {
    let finished = ends(["panic:no port is left"]).expect_code(101);
    assert!(finished.stderr.trim_start().starts_with("thread 'main'"), "{finished:?}");
    assert_says(
        &finished,
        ":\nno port is left\n",
        "does_as_told: exited with status 101 before it was ready\n",
    );
    assert_eq!(finished.stderr.matches("no port is left").count(), 1, "{finished:?}");
}

fn a_panic_on_a_thread() {
    let finished =
        ends(["panic-on-a-thread:the worker is gone", "error:a worker failed"]).expect_code(1);
    assert_says(
        &finished,
        ":\nthe worker is gone\n",
        "Error: \"a worker failed\"\n\
         does_as_told: exited with status 1 before it was ready\n",
    );
}

fn a_panic_hook_of_the_program_is_the_only_one() {
    let finished = ends(["panic-hook:the hook saw it", "panic:no port is left"]).expect_code(101);
    let verdict = "does_as_told: exited with status 101 before it was ready\n";
    assert_eq!(finished.stderr, format!("the hook saw it\n{verdict}"));
}

fn a_message_before_exit() {
    let finished = ends(["print:bad configuration, line 7", "exit:3"]).expect_code(3);
    let verdict = "does_as_told: exited with status 3 before it was ready\n";
    assert_eq!(finished.stderr, format!("bad configuration, line 7\n{verdict}"));
}

fn an_abort() {
    let finished = ends(["abort"]).expect_code(134);
    assert_eq!(finished.signal(), None);
    assert_says(&finished, "does_as_told: was killed by SIGABRT", "before it was ready\n");
}

fn a_segmentation_fault() {
    let finished = ends(["read-at-address-8"]).expect_code(139);
    assert_says(&finished, "does_as_told: was killed by SIGSEGV", "before it was ready\n");
}

fn a_stack_overflow() {
    let finished = ends(["overflow-the-stack"]).expect_code(134);
    assert_says(&finished, "has overflowed its stack\n", "before it was ready\n");
    assert_says(&finished, "does_as_told: was killed by SIGABRT", "before it was ready\n");
}

fn a_failed_assertion_in_c() {
    let finished = ends(["fail-an-assertion-in-c"]).expect_code(134);
    assert_says(&finished, "size > 0", "before it was ready\n");
    assert_says(&finished, "pool.c", "before it was ready\n");
    assert_says(&finished, "does_as_told: was killed by SIGABRT", "before it was ready\n");
}

fn a_signal_from_outside() {
    let signal = |number| format!("signal:{number}");
    let killed = ends([&*signal(libc::SIGKILL)]).expect_code(137);
    let verdict = "does_as_told: was killed by SIGKILL before it was ready\n";
    assert_eq!(killed.stderr, verdict);
    let killed = ends([&*signal(libc::SIGRTMIN() + 3)]).expect_code(128 + 37);
    let verdict = "does_as_told: was killed by signal 37 before it was ready\n";
    assert_eq!(killed.stderr, verdict);
    // The command ends by exit all the same: nobody sent the signal to it.
    assert_eq!(killed.signal(), None);
    let terminated = ends([&*signal(libc::SIGTERM)]).expect_code(143);
    let verdict = "does_as_told: was killed by SIGTERM before it was ready\n";
    assert_eq!(terminated.stderr, verdict);
    assert_eq!(terminated.signal(), None);
}

fn nothing_that_was_said_is_lost_to_a_kill() {
    let sandbox = Sandbox::new();
    let mut command = told(&sandbox, ["print:about to", "note:said", "wait:ever"]).spawn();
    sandbox.wait_until("it was said", || sandbox.join("said").exists());
    sandbox.process_in(PIDFILE).signal(Signal::SIGKILL);
    let finished = command.wait().expect_code(137);
    let verdict = "does_as_told: was killed by SIGKILL before it was ready\n";
    assert_eq!(finished.stderr, format!("about to\n{verdict}"));
}

/// The first KiB, in which an error stands before its backtrace, and the last 4.
fn of_a_long_text_the_beginning_and_the_end_are_shown() {
    let text: String = (0..1000).map(|number| format!("line {number:04}\n")).collect();
    let (head, tail) = (&text[..1024], &text[text.len() - 4096..]);
    let shown = format!("{head}[… {} bytes …]{tail}{EXITED_WITH_1}\n", 10_000 - 1024 - 4096);
    assert!(after_writing(text.as_bytes()) == shown);
}

fn of_a_long_line_the_beginning_and_the_end_are_shown() {
    let line = format!("first {}the reason\n", "x".repeat(10_000));
    let said = after_writing(line.as_bytes());
    assert!(said.starts_with("first x"));
    assert!(said.ends_with(&format!("xthe reason\n{EXITED_WITH_1}\n")));
}

fn a_long_line_is_cut_between_two_characters() {
    // Each cut is in the middle of a character.
    let line = format!("x{}\n", "ü".repeat(3000));
    let (head, tail) = (format!("x{}", "ü".repeat(511)), format!("{}\n", "ü".repeat(2047)));
    let shown = format!("{head}[… 882 bytes …]{tail}{EXITED_WITH_1}\n");
    assert!(after_writing(line.as_bytes()) == shown);
}

fn a_text_of_just_5_kib_is_whole() {
    let text = format!("{}\n", "x".repeat(5119));
    assert_eq!(after_writing(text.as_bytes()), format!("{text}{EXITED_WITH_1}\n"));
}

fn control_characters_are_escaped() {
    let said = after_writing(b"\x1b]0;title\x07clear\x1b[2J\r\x08\ttab\x7f\n");
    let escaped = r"\u{1b}]0;title\u{7}clear\u{1b}[2J\r\u{8}".to_owned() + "\ttab\\u{7f}\n";
    assert_eq!(said, format!("{escaped}{EXITED_WITH_1}\n"));
}

fn bytes_that_are_no_text_are_replaced() {
    assert_eq!(
        after_writing(b"a\xff\xfeb\0c\n"),
        format!("a\u{fffd}\u{fffd}b\\u{{0}}c\n{EXITED_WITH_1}\n")
    );
}

fn a_text_without_a_newline_is_ended() {
    assert_eq!(after_writing(b"no newline"), format!("no newline\n{EXITED_WITH_1}\n"));
}

fn a_log_has_the_text_too() {
    let sandbox = Sandbox::new();
    let steps = ["stderr=@/daemon.log", "print:no disk", "exit:1"];
    let finished = told(&sandbox, steps).run().expect_code(1);
    let log = sandbox.join("daemon.log");
    let verdict = format!("{EXITED_WITH_1}; its log is {}", log.display());
    assert_eq!(finished.stderr, format!("no disk\n{verdict}\n"));
    assert_eq!(sandbox.read("daemon.log"), "no disk\n");
}

fn a_log_shows_only_what_this_start_wrote() {
    let sandbox = Sandbox::new();
    sandbox.file("daemon.log", 0o640, "a failure of last week\n");
    let steps = ["stderr=@/daemon.log", "print:no disk", "exit:1"];
    let finished = told(&sandbox, steps).run().expect_code(1);
    assert!(finished.stderr.starts_with("no disk\n"), "{finished:?}");
    assert_eq!(sandbox.read("daemon.log"), "a failure of last week\nno disk\n");
}

fn a_log_that_stdout_shares_shows_the_text_once() {
    let sandbox = Sandbox::new();
    let steps = ["stdout=@/daemon.log", "stderr=@/daemon.log", "print:no disk", "exit:1"];
    let finished = told(&sandbox, steps).run().expect_code(1);
    assert_eq!(finished.stderr.matches("no disk").count(), 1, "{finished:?}");
    assert_eq!(sandbox.read("daemon.log"), "no disk\n");
}

fn a_log_of_stdout_is_named_too() {
    let sandbox = Sandbox::new();
    // An empty one that the start made would be gone.
    sandbox.file("out.log", 0o644, "a failure of last week\n");
    let steps = ["stdout=@/out.log", "print:no disk", "exit:1"];
    let finished = told(&sandbox, steps).run().expect_code(1);
    let verdict = format!("{EXITED_WITH_1}; its log is {}", sandbox.join("out.log").display());
    assert_eq!(finished.stderr, format!("no disk\n{verdict}\n"));
}

fn a_log_is_not_named_when_the_start_succeeds() {
    let sandbox = Sandbox::new();
    let steps = ["stderr=@/daemon.log", "print:a warning", "notify"];
    let finished = told(&sandbox, steps).run().expect_code(0);
    assert_eq!(finished.stderr, "");
    assert_eq!(sandbox.read("daemon.log"), "a warning\n");
}

fn inherited_stderr_shows_the_text_once() {
    let sandbox = Sandbox::new();
    let steps = ["stderr=inherit", "print:no disk", "exit:1"];
    let finished = told(&sandbox, steps).run().expect_code(1);
    assert_eq!(finished.stderr, format!("no disk\n{EXITED_WITH_1}\n"));
}

fn a_terminal_gets_the_text() {
    let sandbox = Sandbox::new();
    let finished = told(&sandbox, ["error:no disk"]).terminal().run().expect_code(1);
    assert_eq!(finished.terminal, format!("Error: \"no disk\"\n{EXITED_WITH_1}\n"));
}

fn a_child_of_the_body_does_not_hold_the_callers_pipes() {
    let sandbox = Sandbox::new();
    let mut command = told(&sandbox, ["command:sleep 1000", "notify"]).spawn();
    command.wait().expect_code(0);
    command.wait_for_end_of_output();
    let daemon = sandbox.process_in(PIDFILE);
    let children = daemon.children();
    assert_eq!(children.len(), 1, "{children:?}");
    let descriptors = children[0].descriptors();
    assert!(descriptors.values().all(|it| !it.is_pipe()), "{descriptors:?}");
}

fn a_child_of_a_body_that_fails_does_not_either() {
    let sandbox = Sandbox::new();
    let mut command = told(&sandbox, ["command:sleep 1000", "exit:1"]).spawn();
    command.wait().expect_code(1);
    command.wait_for_end_of_output();
    assert!(sandbox.processes().is_empty(), "{:?}", sandbox.processes());
}

fn a_shell_that_captures_the_output_goes_on() {
    let sandbox = Sandbox::new();
    let line = format!(
        "out=$({} 'command:sleep 1000' notify:open 2>&1); echo \"$?: $out\"",
        fixture!("does_as_told")
    );
    let finished = sandbox.shell(line).run().expect_code(0);
    assert_eq!(finished.stdout, "0: does_as_told: open\n");
    assert_eq!(sandbox.processes().len(), 2, "{:?}", sandbox.processes());
}

fn a_ready_daemon_writes_to_no_memory() {
    let sandbox = Sandbox::new();
    told(&sandbox, ["print:hello", "notify"]).run().expect_code(0);
    let descriptors = sandbox.process_in(PIDFILE).descriptors();
    for number in 0..=2 {
        assert_eq!(descriptors[&number].target, Path::new("/dev/null"), "{descriptors:?}");
    }
    let memory = |it: &Descriptor| it.target.to_string_lossy().starts_with("/memfd:");
    assert!(!descriptors.values().any(memory), "{descriptors:?}");
}

fn what_a_ready_daemon_writes_goes_nowhere() {
    let sandbox = Sandbox::new();
    let steps = ["notify", "print:hello", "note:printed"];
    let mut command = told(&sandbox, steps).spawn();
    assert_eq!(command.wait().expect_code(0).stderr, "");
    sandbox.wait_until("it has printed", || sandbox.join("printed").exists());
    assert_eq!(command.stderr(), "");
}

fn a_program_that_redirected_its_stderr_keeps_it() {
    let sandbox = Sandbox::new();
    let steps = ["print:before", "redirect:own.log", "notify", "print:after", "note:printed"];
    told(&sandbox, steps).run().expect_code(0);
    sandbox.wait_until("it has printed", || sandbox.join("printed").exists());
    assert_eq!(sandbox.read("own.log"), "after\n");
    let descriptors = sandbox.process_in(PIDFILE).descriptors();
    assert_eq!(descriptors[&2].target, sandbox.join("own.log"));
}

fn a_log_stays_stderr_once_the_daemon_is_ready() {
    let sandbox = Sandbox::new();
    let steps = ["stderr=@/daemon.log", "notify", "print:hello", "note:printed"];
    told(&sandbox, steps).run().expect_code(0);
    sandbox.wait_until("it has printed", || sandbox.join("printed").exists());
    assert_eq!(sandbox.read("daemon.log"), "hello\n");
}
