//! A sandbox leaves nothing behind, each wait in it ends, and many starts do not disturb each other.

use std::{panic, time::Duration};

use daemon_tests::{Process, Sandbox, Signal, Standard, skip};

use crate::{expected_panic::panic_of, sleeper};

daemon_tests::tests![
    a_wait_ends_with_all_that_is_known,
    what_fled_is_killed_with_the_sandbox,
    what_fled_is_killed_after_a_panic_too,
    what_is_left_is_named,
    a_dropped_command_is_killed,
    a_skip_is_no_failure_unless_told,
    many_starts_at_once_do_not_disturb_each_other,
];

fn a_wait_ends_with_all_that_is_known() {
    let sandbox = Sandbox::new().with_deadline(Duration::from_millis(300));
    sandbox.file("echod.log", 0o644, "logged this\n");
    let line = "echo said this; sleep 1000; true";
    let mut command = sandbox.shell(line).terminal().spawn();
    command.wait_for_text("said");
    let message = panic_of(|| _ = command.wait());
    for known in ["waited 300ms", line, "said this", "logged this", "(sleep, state S", "(sh, "] {
        assert!(message.contains(known), "{known:?} is not in:\n{message}");
    }
    let message = panic_of(|| command.wait_for_text("never said"));
    assert!(message.contains("\"never said\""), "{message}");
}

/// Starts a process that forks twice into a session of its own and ignores what it can.
fn fled(sandbox: &Sandbox) -> Process {
    let line = "trap '' HUP TERM; setsid sh -c 'cd /; sleep 1000 & echo $! > \"$0\"' $PWD/pid &";
    sandbox.shell(line).stdout(Standard::Null).stderr(Standard::Null).run().expect_code(0);
    let process = sandbox.process_in("pid");
    process.wait_until("became sleep", |process| process.comm() == "sleep");
    process
}

fn what_fled_is_killed_with_the_sandbox() {
    let sandbox = Sandbox::new();
    let directory = sandbox.path().to_owned();
    let process = fled(&sandbox);
    assert_ne!(process.sid(), process.pid());
    drop(sandbox);
    assert!(!process.is_alive());
    assert!(!directory.exists());
}

fn what_fled_is_killed_after_a_panic_too() {
    let mut process = None;
    let message = panic_of(|| {
        let sandbox = Sandbox::new();
        process = Some(fled(&sandbox));
        panic!("the test fails, and {} goes", sandbox.path().display());
    });
    assert!(message.starts_with("the test fails"));
    assert!(!process.expect("started").is_alive());
}

fn what_is_left_is_named() {
    let sandbox = Sandbox::new().with_deadline(Duration::from_millis(100));
    sandbox.assert_nothing_left();
    let process = fled(&sandbox);
    let message = panic_of(|| sandbox.assert_nothing_left());
    assert!(message.contains(&format!("process {} (sleep, state S", process.pid())), "{message}");
    process.signal(Signal::SIGKILL);
    sandbox.assert_nothing_left();
}

fn a_dropped_command_is_killed() {
    let sandbox = Sandbox::new();
    drop(sleeper(&sandbox).spawn());
    sandbox.assert_nothing_left();
}

fn a_skip_is_no_failure_unless_told() {
    let skipped = panic::catch_unwind(|| skip!("needs {}", "the moon")).expect_err("a skip");
    match std::env::var("DAEMON_TESTS_NO_SKIP").as_deref() {
        Ok("1") => assert!(skipped.downcast_ref::<String>().unwrap().contains("needs the moon")),
        _ => assert!(!skipped.is::<String>() && !skipped.is::<&str>()),
    }
}

fn many_starts_at_once_do_not_disturb_each_other() {
    let sandbox = Sandbox::new();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let sandbox = &sandbox;
            scope.spawn(move || {
                for _ in 0..10 {
                    let mut command = sandbox.shell(format!("echo {number}")).terminal().spawn();
                    let finished = command.wait().expect_code(0);
                    assert_eq!(finished.terminal, format!("{number}\n"));
                    let mut command = sandbox.shell(format!("echo {number}")).spawn();
                    command.wait_for_end_of_output();
                    assert_eq!(command.stdout(), format!("{number}\n"));
                }
            });
        }
    });
    sandbox.assert_nothing_left();
}
