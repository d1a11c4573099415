//! Promise 2: a failure before readiness reaches the shell whole: both streams in their order,
//! wherever they go, and what goes there once the daemon is ready is what was to go there.

use std::{
    fs::{File, OpenOptions},
    io::Read,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use daemon_tests::{
    Finished, NOBODY, PIDFILE, Resource, Sandbox, fixture, in_the_systems_words, is_root, told,
};
use libc::O_NONBLOCK;

daemon_tests::tests![
    what_went_to_standard_output_is_shown,
    both_streams_are_shown_in_their_order,
    standard_output_in_a_log_is_shown_before_standard_error,
    inherited_standard_output_is_not_shown_again,
    the_text_for_a_null_device_is_shown,
    the_text_for_a_fifo_is_shown,
    the_text_for_a_device_is_shown,
    the_text_for_a_log_that_cannot_be_read_is_shown,
    a_fifo_gets_all_that_a_ready_daemon_has_said,
    a_full_fifo_does_not_hold_up_readiness,
    a_log_that_cannot_be_read_gets_all_that_a_ready_daemon_has_said,
    a_stream_that_goes_nowhere_is_not_in_the_log_of_the_other,
    a_helper_that_empties_it_does_not_spoil_what_follows,
    a_program_that_redirected_its_output_keeps_it,
    at_any_limit_of_descriptors_the_reason_is_shown,
];

const VERDICT: &str = "does_as_told: exited with status 3 before it was ready";

/// A start that fails after these steps.
#[track_caller]
fn fails(sandbox: &Sandbox, steps: &[&str]) -> Finished {
    told(sandbox, steps.iter().copied().chain(["exit:3"])).run().expect_code(3)
}

#[track_caller]
fn assert_shows(sandbox: &Sandbox, steps: &[&str], text: &str) {
    let finished = fails(sandbox, steps);
    let said = finished.stderr.split_once(VERDICT).map(|(said, _)| said);
    assert_eq!(said, Some(text), "{finished:?}");
}

fn what_went_to_standard_output_is_shown() {
    let sandbox = Sandbox::new();
    assert_shows(&sandbox, &["print-out:no disk"], "no disk\n");
}

fn both_streams_are_shown_in_their_order() {
    let sandbox = Sandbox::new();
    let steps = ["print-out:one", "print:two", "print-out:three", "print:four"];
    assert_shows(&sandbox, &steps, "one\ntwo\nthree\nfour\n");
    let log = ["stdout=@/daemon.log", "stderr=@/daemon.log"];
    assert_shows(&sandbox, &[&log[..], &steps].concat(), "one\ntwo\nthree\nfour\n");
    assert_eq!(sandbox.read("daemon.log"), "one\ntwo\nthree\nfour\n");
}

fn standard_output_in_a_log_is_shown_before_standard_error() {
    let sandbox = Sandbox::new();
    let steps = ["print:error", "print-out:progress"];
    let to = |option| [&[option][..], &steps].concat();
    assert_shows(&sandbox, &to("stdout=@/out.log"), "progress\nerror\n");
    assert_shows(&sandbox, &to("stderr=@/error.log"), "progress\nerror\n");
    let both = [&["stdout=@/one.log", "stderr=@/two.log"][..], &steps].concat();
    assert_shows(&sandbox, &both, "progress\nerror\n");
}

fn inherited_standard_output_is_not_shown_again() {
    let sandbox = Sandbox::new();
    let finished = fails(&sandbox, &["stdout=inherit", "print-out:progress", "print:error"]);
    assert_eq!(finished.stdout, "progress\n");
    assert_eq!(finished.stderr, format!("error\n{VERDICT}\n"));
}

fn the_text_for_a_null_device_is_shown() {
    let sandbox = Sandbox::new();
    assert_shows(&sandbox, &["stderr=/dev/null", "print:no disk"], "no disk\n");
}

fn the_text_for_a_fifo_is_shown() {
    let sandbox = Sandbox::new();
    let _reader = reader_of(&sandbox, "log");
    assert_shows(&sandbox, &["stderr=@/log", "print:no disk"], "no disk\n");
}

/// Whatever is written to this one fails.
fn the_text_for_a_device_is_shown() {
    let sandbox = Sandbox::new();
    assert_shows(&sandbox, &["stderr=/dev/full", "print:no disk"], "no disk\n");
}

fn the_text_for_a_log_that_cannot_be_read_is_shown() {
    let sandbox = Sandbox::new();
    let finished = with_unreadable_log(&sandbox, &["print:no disk", "exit:3"]).expect_code(3);
    assert!(finished.stderr.starts_with("no disk\n"), "{finished:?}");
}

fn a_fifo_gets_all_that_a_ready_daemon_has_said() {
    let sandbox = Sandbox::new();
    let mut reader = reader_of(&sandbox, "log");
    let steps = ["stderr=@/log", "print:before", "notify", "print:after", "note:said"];
    told(&sandbox, steps).run().expect_code(0);
    sandbox.wait_until("it was said", || sandbox.join("said").exists());
    assert_eq!(read_now(&mut reader), "before\nafter\n");
}

fn a_full_fifo_does_not_hold_up_readiness() {
    let sandbox = Sandbox::new();
    let mut reader = reader_of(&sandbox, "log");
    // More than a pipe holds; see pipe(7).
    sandbox.file("text", 0o600, &"x".repeat(100_000));
    told(&sandbox, ["stderr=@/log", "print-file:text", "notify"]).run().expect_code(0);
    assert!(read_now(&mut reader).starts_with('x'));
}

fn a_log_that_cannot_be_read_gets_all_that_a_ready_daemon_has_said() {
    let sandbox = Sandbox::new();
    let steps = ["print:before", "notify", "print:after", "command:touch said"];
    with_unreadable_log(&sandbox, &steps).expect_code(0);
    sandbox.wait_until("it was said", || sandbox.join("ours/said").exists());
    sandbox.mode("ours/log", 0o600);
    assert_eq!(sandbox.read("ours/log"), "before\nafter\n");
}

fn a_stream_that_goes_nowhere_is_not_in_the_log_of_the_other() {
    let sandbox = Sandbox::new();
    let mut reader = reader_of(&sandbox, "log");
    told(&sandbox, ["stderr=@/log", "print-out:secret", "print:said", "notify"])
        .run()
        .expect_code(0);
    assert_eq!(read_now(&mut reader), "said\n");
}

/// As a shell does with `> /dev/stderr`.
fn a_helper_that_empties_it_does_not_spoil_what_follows() {
    let sandbox = Sandbox::new();
    let helped = sandbox.join("helped");
    let line = format!("#!/bin/sh\necho help > /dev/stderr\necho > {}\n", helped.display());
    let command = format!("command:{}", sandbox.script("helper", &line).display());
    let steps = ["print:a text that is longer", &command, "wait:helped", "print:end"];
    assert_shows(&sandbox, &steps, "help\nend\n");
}

fn a_program_that_redirected_its_output_keeps_it() {
    let sandbox = Sandbox::new();
    let steps = ["print:before", "redirect:own.log", "print-out:out", "notify", "print:after"];
    let steps = steps.into_iter().chain(["note:said"]);
    told(&sandbox, steps).run().expect_code(0);
    sandbox.wait_until("it was said", || sandbox.join("said").exists());
    assert_eq!(sandbox.read("own.log"), "after\n");
    let descriptors = sandbox.process_in(PIDFILE).descriptors();
    assert_eq!(descriptors[&1].target, Path::new("/dev/null"));
    assert_eq!(descriptors[&2].target, sandbox.join("own.log"));
}

/// Whether it is the plan that has no room for its files, or the command for what it watches with.
fn at_any_limit_of_descriptors_the_reason_is_shown() {
    let log = "stderr=@/daemon.log";
    for options in [&[log][..], &[log, "pidfile=none"], &["stdout=@/daemon.log"]] {
        let mut failed_in_the_body = 0;
        for limit in 5..24 {
            let sandbox = Sandbox::new();
            // Long enough for the command to have opened all that it watches with.
            let steps = ["statuses-for:0.05", "print:no disk", "exit:3"];
            let start = told(&sandbox, options.iter().chain(&steps).copied());
            let finished = start.limit(Resource::RLIMIT_NOFILE, limit, limit).run();
            let reason = match finished.code() {
                3 => {
                    failed_in_the_body += 1;
                    "no disk\n"
                }
                _ => "{EMFILE}",
            };
            let reason = in_the_systems_words(reason);
            assert!(finished.stderr.contains(&reason), "{limit}: {finished:?}");
        }
        assert!((5..19).contains(&failed_in_the_body), "{failed_in_the_body}");
    }
}

/// An ordinary user may not read what only its owner may write.
#[track_caller]
fn with_unreadable_log(sandbox: &Sandbox, steps: &[&str]) -> Finished {
    let ours = sandbox.directory("ours", 0o755);
    let log = sandbox.file("ours/log", 0o200, "");
    let program = sandbox.install(fixture!("does_as_told"));
    let start = sandbox
        .start(program)
        .args(["pidfile=none", &format!("chdir={}", ours.display())])
        .arg(format!("stderr={}", log.display()))
        .args(steps);
    if !is_root() {
        return start.run();
    }
    for name in ["ours", "ours/log"] {
        sandbox.owner(name, NOBODY, NOBODY);
    }
    start.user(NOBODY, NOBODY).run()
}

/// A FIFO with somebody who reads it.
fn reader_of(sandbox: &Sandbox, name: &str) -> File {
    let path = sandbox.fifo(name);
    let mut reading = OpenOptions::new();
    reading.read(true).custom_flags(O_NONBLOCK).open(path).expect("a reader")
}

/// What is there to be read now.
fn read_now(reader: &mut File) -> String {
    let mut text = Vec::new();
    // The end is that there is nothing more, because the daemon lives on.
    _ = reader.read_to_end(&mut text);
    String::from_utf8(text).expect("UTF-8")
}
