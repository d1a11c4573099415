//! Promise 4: a status shows live on the terminal while the command waits; a terminal that does not
//! move delays neither the daemon nor the verdict.

use std::time::{Duration, Instant};

use daemon_tests::{
    CTRL_Q, CTRL_S, CTRL_Z, Finished, PIDFILE, Running, Sandbox, Signal, Standard, fixture,
    full_pipe, told,
};
use nix::{fcntl::OFlag, unistd::pipe2};

daemon_tests::tests![
    on_a_terminal_one_line_is_redrawn,
    the_line_is_cleared_when_there_is_nothing_more_to_say,
    the_line_makes_way_for_a_failure,
    a_status_is_cut_to_the_width_of_the_terminal,
    a_status_is_cut_between_two_characters,
    a_terminal_without_a_width_counts_as_80_columns,
    on_a_pipe_each_status_is_a_line,
    on_a_dumb_terminal_each_status_is_a_line,
    on_a_terminal_of_no_known_kind_each_status_is_a_line,
    a_status_stays_on_one_line,
    a_long_status_is_cut,
    a_long_ready_message_is_cut,
    a_ready_message_may_have_several_lines,
    on_a_terminal_that_is_stopped_the_start_goes_on,
    on_a_terminal_that_is_stopped_the_daemon_is_not_delayed_by_statuses,
    on_a_terminal_that_is_stopped_a_failure_is_told_by_the_status,
    a_terminal_that_goes_on_gets_the_verdict,
    a_flood_of_statuses_delays_nothing,
    a_flood_on_a_terminal_delays_nothing,
    a_command_that_is_stopped_hears_of_readiness_when_it_goes_on,
    a_command_that_is_stopped_hears_of_a_failure_when_it_goes_on,
    a_flood_while_the_command_is_stopped_leaves_room_for_readiness,
    a_background_job_says_its_verdict_on_a_terminal_with_tostop,
    a_pipe_that_nobody_reads,
    a_pipe_that_nobody_can_read_any_more,
    a_closed_stderr,
];

/// Much longer than the command waits for a terminal that does not move, and much shorter than
/// what would be noticed otherwise.
const A_FEW_SECONDS: Duration = Duration::from_secs(6);

/// The end of a command that has a few seconds for it from here on.
#[track_caller]
fn soon(command: &mut Running<'_>) -> Finished {
    let since = Instant::now();
    let finished = command.wait();
    assert!(since.elapsed() < A_FEW_SECONDS, "after {:?}\n{finished:?}", since.elapsed());
    finished
}

fn on_a_terminal_one_line_is_redrawn() {
    let sandbox = Sandbox::new();
    let steps = ["status:45 %", "wait:go", "status:90 %", "wait:end", "notify:open"];
    let mut command = told(&sandbox, steps).terminal().spawn();
    command.wait_for_text("45 %");
    assert!(!command.has_ended());
    sandbox.file("go", 0o644, "");
    command.wait_for_text("90 %");
    assert!(!command.has_ended());
    sandbox.file("end", 0o644, "");
    let drawn = "\r\x1b[Kdoes_as_told: 45 %\r\x1b[Kdoes_as_told: 90 %\r\x1b[Kdoes_as_told: open\n";
    assert_eq!(command.wait().expect_code(0).terminal, drawn);
}

fn the_line_is_cleared_when_there_is_nothing_more_to_say() {
    let sandbox = Sandbox::new();
    let finished = told(&sandbox, ["status:45 %", "notify"]).terminal().run().expect_code(0);
    assert_eq!(finished.terminal, "\r\x1b[Kdoes_as_told: 45 %\r\x1b[K");
}

fn the_line_makes_way_for_a_failure() {
    let sandbox = Sandbox::new();
    let finished = told(&sandbox, ["status:45 %", "error:no disk"]).terminal().run();
    let drawn = "\r\x1b[Kdoes_as_told: 45 %\r\x1b[KError: \"no disk\"\n\
                 does_as_told: exited with status 1 before it was ready\n";
    assert_eq!(finished.expect_code(1).terminal, drawn);
}

fn a_status_is_cut_to_the_width_of_the_terminal() {
    let sandbox = Sandbox::new();
    let status = format!("status:{}", "x".repeat(200));
    let finished = told(&sandbox, [&status, "notify"]).terminal().run().expect_code(0);
    // One column less than 80: in the last one some terminals go to the next line at once.
    let line = format!("does_as_told: {}", "x".repeat(200));
    assert_eq!(finished.terminal, format!("\r\x1b[K{}\r\x1b[K", &line[..79]));
}

fn a_status_is_cut_between_two_characters() {
    let sandbox = Sandbox::new();
    // A character of three bytes and two columns.
    let status = format!("status:{}", "進".repeat(200));
    let finished = told(&sandbox, [&status, "notify"]).terminal().run().expect_code(0);
    let line = finished.terminal.split("\r\x1b[K").nth(1).expect("a line");
    let characters = line.strip_prefix("does_as_told: ").expect("a line that begins so");
    assert!(characters.chars().all(|it| it == '進'), "{finished:?}");
    let count = characters.chars().count();
    assert!(count > 0 && "does_as_told: ".len() + 2 * count < 80, "{count}");
}

fn a_terminal_without_a_width_counts_as_80_columns() {
    let sandbox = Sandbox::new();
    let line =
        format!("stty cols 0; {} status:{} notify", fixture!("does_as_told"), "x".repeat(200));
    let finished = sandbox.shell(line).terminal().run().expect_code(0);
    let line = finished.terminal.split("\r\x1b[K").nth(1).expect("a line");
    assert_eq!(line.len(), 79, "{finished:?}");
}

const PLAIN: &str = "does_as_told: 45 %\ndoes_as_told: open\n";

fn on_a_pipe_each_status_is_a_line() {
    let sandbox = Sandbox::new();
    let start = told(&sandbox, ["status:45 %", "notify:open"]).env("TERM", "xterm");
    let finished = start.run().expect_code(0);
    assert_eq!(finished.stderr, PLAIN);
    assert_eq!(finished.stdout, "");
}

fn on_a_dumb_terminal_each_status_is_a_line() {
    let sandbox = Sandbox::new();
    let start = told(&sandbox, ["status:45 %", "notify:open"]).terminal().env("TERM", "dumb");
    assert_eq!(start.run().expect_code(0).terminal, PLAIN);
}

fn on_a_terminal_of_no_known_kind_each_status_is_a_line() {
    let sandbox = Sandbox::new();
    let start = told(&sandbox, ["status:45 %", "notify:open"]).terminal().env_remove("TERM");
    assert_eq!(start.run().expect_code(0).terminal, PLAIN);
}

fn a_status_stays_on_one_line() {
    let sandbox = Sandbox::new();
    let steps = ["status:two\nlines\x1b[2J\r", "notify:\x1b]0;title\x07"];
    let finished = told(&sandbox, steps).run().expect_code(0);
    let said = "does_as_told: two lines\\u{1b}[2J\ndoes_as_told: \\u{1b}]0;title\\u{7}\n";
    assert_eq!(finished.stderr, said);
}

fn a_long_status_is_cut() {
    let sandbox = Sandbox::new();
    let status = format!("status:{}", "ü".repeat(5000));
    let finished = told(&sandbox, [&status, "notify:open"]).run().expect_code(0);
    let cut = format!("does_as_told: {}\ndoes_as_told: open\n", "ü".repeat(256));
    assert_eq!(finished.stderr, cut);
}

fn a_long_ready_message_is_cut() {
    let sandbox = Sandbox::new();
    let message = format!("notify:{}", "ü".repeat(5000));
    let finished = told(&sandbox, [&message]).run().expect_code(0);
    assert_eq!(finished.stderr, format!("does_as_told: {}\n", "ü".repeat(1024)));
}

fn a_ready_message_may_have_several_lines() {
    let sandbox = Sandbox::new();
    let finished = told(&sandbox, ["notify:open\nat two ports\n"]).run().expect_code(0);
    assert_eq!(finished.stderr, "does_as_told: open\nat two ports\n");
}

/// A shell on a terminal that is stopped by ^S, whose command's daemon takes these steps from then
/// on. The shell ends as the command does.
#[track_caller]
fn on_a_stopped_terminal<'a>(sandbox: &'a Sandbox, steps: &[&str]) -> Running<'a> {
    // The terminal takes what is typed in order: who has read a line knows that ^S came before it.
    let line = format!(
        "{} status:waiting wait:stopped {} & read line; : > stopped; wait $!",
        fixture!("does_as_told"),
        steps.join(" "),
    );
    let mut shell = sandbox.shell(line).terminal().spawn();
    shell.wait_for_text("waiting");
    shell.type_text(CTRL_S);
    shell.type_text("\n");
    shell
}

fn on_a_terminal_that_is_stopped_the_start_goes_on() {
    let sandbox = Sandbox::new();
    let steps = ["status:unseen", "notify:open", "note:ready"];
    let mut command = on_a_stopped_terminal(&sandbox, &steps);
    sandbox.wait_until("the daemon is ready", || sandbox.join("ready").exists());
    let finished = soon(&mut command).expect_code(0);
    assert!(!finished.terminal.contains("open"), "the terminal was not stopped\n{finished:?}");
    assert!(sandbox.process_in(PIDFILE).is_alive());
}

fn on_a_terminal_that_is_stopped_the_daemon_is_not_delayed_by_statuses() {
    let sandbox = Sandbox::new();
    let mut command = on_a_stopped_terminal(&sandbox, &["statuses:100000", "notify", "note:ready"]);
    let finished = soon(&mut command).expect_code(0);
    sandbox.wait_until("the daemon is ready", || sandbox.join("ready").exists());
    assert!(!finished.terminal.contains("step"), "the terminal was not stopped\n{finished:?}");
}

fn on_a_terminal_that_is_stopped_a_failure_is_told_by_the_status() {
    let sandbox = Sandbox::new();
    let mut command = on_a_stopped_terminal(&sandbox, &["statuses:1000", "exit:3"]);
    soon(&mut command).expect_code(3);
    sandbox.assert_nothing_left();
}

fn a_terminal_that_goes_on_gets_the_verdict() {
    let sandbox = Sandbox::new();
    let mut command = on_a_stopped_terminal(&sandbox, &["note:going", "wait:on", "notify:open"]);
    sandbox.wait_until("the daemon goes on", || sandbox.join("going").exists());
    command.type_text(CTRL_Q);
    sandbox.file("on", 0o644, "");
    let finished = command.wait().expect_code(0);
    assert!(finished.terminal.ends_with("\r\x1b[Kdoes_as_told: open\n"), "{finished:?}");
}

fn a_flood_of_statuses_delays_nothing() {
    let sandbox = Sandbox::new();
    let mut command = told(&sandbox, ["statuses:100000", "notify:open"]).spawn();
    let finished = soon(&mut command).expect_code(0);
    assert!(finished.stderr.ends_with("\ndoes_as_told: open\n"), "{finished:?}");
    // None is garbled, and none is out of order.
    let mut steps =
        finished.stderr.lines().map(|line| line.strip_prefix("does_as_told: ").unwrap());
    assert_eq!(steps.next_back(), Some("open"));
    let numbers: Vec<u32> =
        steps.map(|step| step.strip_prefix("step ").unwrap().parse().unwrap()).collect();
    assert!(numbers.is_sorted_by(|first, second| first < second), "{numbers:?}");
}

fn a_flood_on_a_terminal_delays_nothing() {
    let sandbox = Sandbox::new();
    let mut command = told(&sandbox, ["statuses:100000", "notify:open"]).terminal().spawn();
    let finished = soon(&mut command).expect_code(0);
    assert!(finished.terminal.ends_with("\r\x1b[Kdoes_as_told: open\n"), "{finished:?}");
}

/// A command stopped by ^Z, whose daemon waits for a file `go` to take these steps.
#[track_caller]
fn stopped<'a>(sandbox: &'a Sandbox, steps: &[&str]) -> Running<'a> {
    let start = told(sandbox, ["status:waiting", "wait:go"]).args(steps);
    let mut command = start.terminal().spawn();
    command.wait_for_text("waiting");
    command.type_text(CTRL_Z);
    command.process().wait_until_stopped();
    sandbox.file("go", 0o644, "");
    command
}

fn a_command_that_is_stopped_hears_of_readiness_when_it_goes_on() {
    let sandbox = Sandbox::new();
    let mut command = stopped(&sandbox, &["notify:open", "note:ready"]);
    sandbox.wait_until("the daemon is ready", || sandbox.join("ready").exists());
    assert!(!command.has_ended());
    command.signal(Signal::SIGCONT);
    let finished = command.wait().expect_code(0);
    assert!(finished.terminal.ends_with("does_as_told: open\n"), "{finished:?}");
    assert!(sandbox.process_in(PIDFILE).is_alive());
}

fn a_command_that_is_stopped_hears_of_a_failure_when_it_goes_on() {
    let sandbox = Sandbox::new();
    let mut command = stopped(&sandbox, &["print:no disk", "exit:3"]);
    sandbox.wait_until("the daemon is gone", || sandbox.processes().len() == 1);
    assert!(!command.has_ended());
    command.signal(Signal::SIGCONT);
    let finished = command.wait().expect_code(3);
    assert!(finished.terminal.contains("no disk\n"), "{finished:?}");
}

fn a_flood_while_the_command_is_stopped_leaves_room_for_readiness() {
    let sandbox = Sandbox::new();
    let mut command = stopped(&sandbox, &["statuses:100000", "notify:open", "note:ready"]);
    sandbox.wait_until("the daemon is ready", || sandbox.join("ready").exists());
    command.signal(Signal::SIGCONT);
    let finished = command.wait().expect_code(0);
    assert!(finished.terminal.ends_with("does_as_told: open\n"), "{finished:?}");
}

fn a_background_job_says_its_verdict_on_a_terminal_with_tostop() {
    let sandbox = Sandbox::new();
    // The shell puts its job in the background as in an interactive session, `set -m`.
    let line = format!(
        "stty tostop; set -m; {} status:waiting notify:open & wait $!; stty -tostop; echo \"status $?\"",
        fixture!("does_as_told")
    );
    let mut shell = sandbox.shell(line).terminal().spawn();
    let finished = soon(&mut shell).expect_code(0);
    assert!(finished.terminal.contains("does_as_told: open\n"), "{finished:?}");
    assert!(sandbox.process_in(PIDFILE).is_alive());
}

fn a_pipe_that_nobody_reads() {
    for (last, code) in [("notify:open", 0), ("error:no disk", 1)] {
        let sandbox = Sandbox::new();
        let (_reader, writer) = full_pipe();
        let start = told(&sandbox, ["statuses:100000", last]);
        let mut command = start.stderr(Standard::Descriptor(writer)).spawn();
        soon(&mut command).expect_code(code);
        assert_eq!(sandbox.processes().len(), usize::from(code == 0));
    }
}

fn a_pipe_that_nobody_can_read_any_more() {
    for (last, code) in [("notify:open", 0), ("error:no disk", 1)] {
        let sandbox = Sandbox::new();
        let (reader, writer) = pipe2(OFlag::O_CLOEXEC).expect("a pipe");
        drop(reader);
        let start = told(&sandbox, ["statuses:1000", last]);
        let mut command = start.stderr(Standard::Descriptor(writer)).spawn();
        soon(&mut command).expect_code(code);
        assert_eq!(sandbox.processes().len(), usize::from(code == 0));
    }
}

fn a_closed_stderr() {
    for (last, code) in [("notify:open", 0), ("error:no disk", 1)] {
        let sandbox = Sandbox::new();
        let start = told(&sandbox, ["statuses:1000", last]).stderr(Standard::Closed);
        let mut command = start.stdout(Standard::Closed).stdin(Standard::Closed).spawn();
        soon(&mut command).expect_code(code);
        assert_eq!(sandbox.processes().len(), usize::from(code == 0));
    }
}
