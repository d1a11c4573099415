//! The steps of a start are found in its trace, and drawn.

use daemon_benches::timeline;
use daemon_benches::timeline::phases::{Phases, Process};
use daemon_benches::timeline::trace::Trace;

/// Of the program `traced`, with strace 6.1.
const TRACE: &str = include_str!("timeline/trace.txt");

fn titles(process: Process) -> Vec<&'static str> {
    let trace = Trace::parse(TRACE).expect("a trace");
    let phases = Phases::of(&trace).expect("the trace of a start");
    phases.of_process(process).map(|phase| phase.title).collect()
}

#[test]
fn the_trace_has_three_processes_and_ends_with_the_command() {
    let trace = Trace::parse(TRACE).expect("a trace");
    assert_eq!(trace.pids.len(), 3);
    assert_eq!(trace.calls.first().map(|call| call.name.as_str()), Some("execve"));
    let last = trace.calls_of(trace.pids[0]).last().expect("the command's last call");
    assert!(last.is("exit_group", "0)"), "{last:?}");
    assert!(trace.calls.iter().all(|call| call.last <= trace.end), "a call after the end");
}

#[test]
fn a_call_in_two_lines_is_one() {
    let trace = "7  execve(\"x\") = 0\n7  clone(x <unfinished ...>\n8  getpid( <unfinished ...>\n\
        7  <... clone resumed>y) = 8\n8  <... getpid resumed>) = 8\n8  clone(z) = 9\n9  getpid() = 9\n\
        7  --- SIGCHLD ---\n7  restart_syscall(<... resuming interrupted poll ...>) = 1\n\
        7  +++ exited with 0 +++\n9  pause() = 0\n";
    let trace = Trace::parse(trace).expect("a trace");
    let names: Vec<&str> = trace.calls.iter().map(|call| call.name.as_str()).collect();
    assert_eq!(names, ["execve", "clone", "getpid", "clone", "getpid"]);
    let clone = &trace.calls[1];
    assert_eq!((clone.first, clone.last), (1, 3));
    assert!(clone.is("clone", "= 8"), "{clone:?}");
}

#[test]
fn a_trace_without_an_end_is_an_error() {
    let error = Trace::parse("7  execve(\"x\") = 0\n").expect_err("it has not ended");
    assert!(error.contains("has not ended"), "{error}");
}

#[test]
fn the_steps_of_the_command() {
    let expected = [
        "the program is loaded",
        "notes what it inherited",
        "the standard library begins",
        "configure",
        "plan: resolve, open, check",
        "locks the pidfile",
        "opens the log",
        "makes the pipes, holds signals back",
        "becomes sub-reaper",
        "fork",
        "waits",
        "shows the status",
        "watches over the start",
        "shows that it is ready",
        "exit 0",
    ];
    assert_eq!(titles(Process::Command), expected);
}

#[test]
fn the_steps_of_the_intermediate() {
    assert_eq!(titles(Process::Intermediate), ["setsid", "fork", "_exit"]);
}

#[test]
fn the_steps_of_the_daemon() {
    let expected = [
        "signals to their defaults",
        "umask",
        "closes what was inherited",
        "writes the pidfile",
        "stdin, stdout, stderr",
        "limits",
        "privileged",
        "chdir",
        "SIGHUP opens the log anew",
        "the body of main: ready.status()",
        "the body of main: its own work",
        "ready.notify_with()",
    ];
    assert_eq!(titles(Process::Daemon), expected);
}

/// The command of this trace has ended before the daemon has nothing more to do.
#[test]
fn a_step_without_a_call_is_missing() {
    let trace = Trace::parse(TRACE).expect("a trace");
    let phases = Phases::of(&trace).expect("the trace of a start");
    assert_eq!(phases.missing, ["the body of main goes on"]);
}

#[test]
fn every_call_is_in_one_step() {
    let trace = Trace::parse(TRACE).expect("a trace");
    let phases = Phases::of(&trace).expect("the trace of a start");
    let counted: usize = phases.all.iter().map(|phase| phase.count).sum();
    assert_eq!(counted, trace.calls.len());
}

#[test]
fn two_forks_and_two_messages_pass_between_the_processes() {
    let trace = Trace::parse(TRACE).expect("a trace");
    let phases = Phases::of(&trace).expect("the trace of a start");
    let labels: Vec<&str> = phases.arrows.iter().map(|arrow| arrow.label.as_str()).collect();
    assert_eq!(labels, ["fork", "fork", "status", "ready"]);
    for arrow in &phases.arrows {
        assert!(arrow.from.1 < arrow.to.1, "an arrow into the past: {arrow:?}");
    }
}

#[test]
fn the_drawing_is_well_formed_and_says_each_step() {
    let drawing = timeline::draw(TRACE).expect("a drawing");
    let document = roxmltree::Document::parse(&drawing).expect("well-formed");
    let texts: Vec<String> =
        document.descendants().filter_map(|node| node.text().map(str::to_owned)).collect();
    for process in [Process::Command, Process::Intermediate, Process::Daemon] {
        for title in titles(process) {
            assert!(texts.iter().any(|text| text == title), "{title} is not drawn");
        }
    }
}
