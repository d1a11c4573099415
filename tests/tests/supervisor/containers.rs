//! Promise 16: the same program, unchanged, is what a container runs: it stays in the foreground as
//! process 1 and under a container's init, and ends at once when it is told to.

use std::path::Path;

use daemon_tests::{Sandbox, Signal, Supervised, WAITS, require_program};

daemon_tests::tests![
    under_tini_it_stays,
    under_tini_that_is_not_process_1_it_stays,
    under_dumb_init_it_stays,
    under_the_init_of_docker_it_stays,
    below_a_shell_under_tini_it_is_in_the_background,
    in_a_pod_that_shares_its_processes_it_stays,
    below_a_shell_in_a_pod_it_is_in_the_background,
    process_1_stays,
    process_1_stays_without_a_proc_of_its_own,
    process_1_ends_before_it_is_ready,
    process_1_ends_by_its_own_handler,
    nothing_is_left_when_the_container_is_killed,
];

const PROCESS_1: &str = "foreground: it is process 1, the init of a container";

/// Under this init as process 1; SIGTERM, as `docker stop` sends it, ends all.
fn stays_under(sandbox: &Sandbox, init: &[&str], name: &str) {
    let program = Supervised::new(sandbox);
    let mode = format!("foreground: its parent is {name}");
    let command = program.start(&[]).under(init).as_process_1().spawn();
    let process = program.process(&mode);
    let init = command.process().only_child();
    assert_eq!(process.ppid(), init.pid(), "{process:?}");
    init.signal(Signal::SIGTERM);
    // As the program ended: these inits pass that on.
    command.end(143);
    program.started_once(&mode);
}

fn under_tini_it_stays() {
    require_program("tini", "tini");
    for name in ["tini", "tini-static"] {
        stays_under(&Sandbox::new(), &[name, "--"], name);
    }
}

fn under_dumb_init_it_stays() {
    require_program("dumb-init", "dumb-init");
    stays_under(&Sandbox::new(), &["dumb-init"], "dumb-init");
}

/// `docker run --init`: it is tini, by another name.
fn under_the_init_of_docker_it_stays() {
    require_program("tini-static", "tini");
    let sandbox = Sandbox::new();
    sandbox.start("cp").args(["/usr/bin/tini-static", "docker-init"]).run().expect_code(0);
    stays_under(&sandbox, &["./docker-init", "--"], "docker-init");
}

/// As a sub-reaper: `tini -s`.
fn under_tini_that_is_not_process_1_it_stays() {
    require_program("tini", "tini");
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    let command = program.start(&[]).under(["tini", "-s", "--"]).spawn();
    let process = program.process("foreground: its parent is tini");
    assert_eq!(process.ppid(), command.process().pid(), "{process:?}");
    command.signal(Signal::SIGTERM);
    command.end(143);
}

/// An entry point that starts several programs.
fn below_a_shell_under_tini_it_is_in_the_background() {
    require_program("tini", "tini");
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    let start = program.start(&[]);
    let shell = ["tini", "--", "/bin/sh", "-c", "\"$@\" && exec sleep 1000", "sh"];
    let command = start.under(shell).as_process_1().spawn();
    let process = program.process("background: nothing supervises it");
    assert_eq!(process.cwd(), Path::new("/"));
    // It is reparented to process 1, which ends with the shell; and then the kernel ends all.
    let init = command.process().only_child();
    assert_eq!(process.ppid(), init.pid(), "{process:?}");
    init.signal(Signal::SIGTERM);
    command.end(143);
}

/// The containers of a pod with `shareProcessNamespace: true` have one process 1, which pauses; what
/// they run is put beside it, and has no parent inside. With this before the program.
fn in_a_pod(before: &[&str], mode: &str) {
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    sandbox.start("cp").args(["/bin/sleep", "pause"]).run().expect_code(0);
    let mut pod = sandbox.start("./pause").arg("1000").as_process_1().spawn();
    sandbox.wait_until("the pod pauses", || {
        pod.process().children().iter().any(|child| child.comm() == "pause")
    });
    let pause = pod.process().only_child();
    let pid = pause.pid().to_string();
    let beside = ["nsenter", "--target", &pid, "--pid", "--mount", "--wd=."];
    let command = program.start(&[]).under(before.iter().copied()).under(beside).spawn();
    program.process(mode);
    // The kernel ends all with process 1.
    pause.signal(Signal::SIGKILL);
    pod.wait();
    drop((command, pod));
    sandbox.assert_nothing_left();
}

fn in_a_pod_that_shares_its_processes_it_stays() {
    in_a_pod(&[], "foreground: it is the program of a container in a pod");
}

fn below_a_shell_in_a_pod_it_is_in_the_background() {
    let shell = ["/bin/sh", "-c", "\"$@\" && exec sleep 1000", "sh"];
    in_a_pod(&shell, "background: nothing supervises it");
}

/// The kernel drops a signal that process 1 does not handle; see pid_namespaces(7).
fn process_1_stays() {
    for (signal, code) in [(Signal::SIGTERM, 143), (Signal::SIGINT, 130)] {
        let sandbox = Sandbox::new();
        let program = Supervised::new(&sandbox);
        let command = program.start(&[]).as_process_1().spawn();
        let process = program.process(PROCESS_1);
        assert_eq!(process.ppid(), command.process().pid());
        assert_eq!(process.cwd(), sandbox.path());
        process.signal(signal);
        command.end(code);
        program.started_once(PROCESS_1);
    }
}

fn process_1_stays_without_a_proc_of_its_own() {
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    // Whether it can be done at all.
    _ = sandbox.start("true").as_process_1();
    let command = program.start(&[]).under(["unshare", "--pid", "--fork"]).spawn();
    let process = program.process(PROCESS_1);
    process.signal(Signal::SIGTERM);
    command.end(143);
}

fn process_1_ends_before_it_is_ready() {
    for (signal, code) in [(Signal::SIGTERM, 143), (Signal::SIGINT, 130)] {
        let sandbox = Sandbox::new();
        let program = Supervised::new(&sandbox);
        let command = program.start(&WAITS).as_process_1().spawn();
        program.wait_until_it_waits();
        command.process().only_child().signal(signal);
        command.end(code);
    }
}

/// A handler that the program has installed is the one that runs.
fn process_1_ends_by_its_own_handler() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let sandbox = Sandbox::new();
        let program = Supervised::new(&sandbox);
        let command = program.start(&["handle"]).as_process_1().spawn();
        program.process(PROCESS_1).signal(signal);
        command.end(3);
        assert!(!sandbox.join("daemon.pid").exists(), "it ended in order");
    }
}

fn nothing_is_left_when_the_container_is_killed() {
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    let command = program.start(&[]).as_process_1().spawn();
    program.process(PROCESS_1);
    command.signal(Signal::SIGKILL);
    command.end(137);
}
