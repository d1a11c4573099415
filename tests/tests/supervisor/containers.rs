//! Promise 16: the same program, unchanged, is what a container runs: it stays in the foreground as
//! process 1 and under a container's init, and ends at once when it is told to.

use std::path::Path;

use daemon_tests::{
    Finished, Job, PIDFILE, Sandbox, Signal, Start, Supervised, WAITS, fixture, require_program,
    told,
};

daemon_tests::tests![
    under_tini_it_stays,
    under_tini_that_is_not_process_1_it_stays,
    under_dumb_init_it_stays,
    under_the_init_of_docker_it_stays,
    under_an_init_of_any_name_it_stays,
    under_an_init_called_init_it_stays,
    under_an_init_without_a_proc_of_its_own_it_stays,
    at_a_terminal_it_stays_under_an_init_but_not_under_a_shell,
    below_a_shell_under_tini_it_is_in_the_background,
    an_entry_point_that_is_a_script_has_it_in_the_background,
    in_a_pod_that_shares_its_processes_it_stays,
    in_a_pod_of_podman_it_stays,
    below_a_shell_in_a_pod_it_is_in_the_background,
    process_1_stays,
    process_1_stays_without_a_proc_of_its_own,
    process_1_ends_before_it_is_ready,
    process_1_ends_by_its_own_handler,
    nothing_is_left_when_the_container_is_killed,
    podman_runs_it,
    podman_runs_it_below_its_init,
    podman_executes_it_in_a_container,
    podman_asks_its_status,
    emulated_it_is_in_the_background,
    emulated_its_own_threads_are_counted,
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

/// The inits that an image may bring along, under the name that it likes.
const INITS: [(&str, &str); 3] =
    [("tini-static", "tini"), ("dumb-init", "dumb-init"), ("catatonit", "catatonit")];

/// This init, called `name`, in the sandbox.
#[track_caller]
fn init_called(sandbox: &Sandbox, (program, package): (&str, &str), name: &str) -> String {
    let program = require_program(program, package);
    sandbox.start("cp").arg(program).arg(name).run().expect_code(0);
    format!("./{name}")
}

fn under_an_init_of_any_name_it_stays() {
    for init in INITS {
        let sandbox = Sandbox::new();
        stays_under(&sandbox, &[&init_called(&sandbox, init, "a1"), "--"], "a1");
        // An entry point that is a script, and executes the program with arguments of its own.
        let sandbox = Sandbox::new();
        let name = init_called(&sandbox, init, "a2");
        let entry_point = ["/bin/sh", "-c", "exec \"$@\" stderr=inherit", "sh"];
        stays_under(&sandbox, &[&[&*name, "--"], &entry_point[..]].concat(), "a2");
    }
}

/// docker and podman called theirs so for years, and most inits of whole systems are called so.
fn under_an_init_called_init_it_stays() {
    let sandbox = Sandbox::new();
    stays_under(&sandbox, &[&init_called(&sandbox, INITS[2], "init"), "--"], "init");
}

/// /proc is that of the namespace above, where process 1 is somebody else.
fn under_an_init_without_a_proc_of_its_own_it_stays() {
    let sandbox = Sandbox::new();
    // Whether it can be done at all.
    _ = sandbox.start("true").as_process_1();
    let init = init_called(&sandbox, INITS[0], "a3");
    let program = Supervised::new(&sandbox);
    let start = program.start(&[]).under([&*init, "--"]);
    let command = start.under(["unshare", "--pid", "--fork", "--kill-child"]).spawn();
    let process = program.process("foreground: its parent is a3");
    process.signal(Signal::SIGTERM);
    command.end(143);
}

/// As with `docker run --interactive --tty`. A shell there has each command in a process group of
/// its own, as an init has.
fn at_a_terminal_it_stays_under_an_init_but_not_under_a_shell() {
    for init in INITS {
        let sandbox = Sandbox::new();
        let init = init_called(&sandbox, init, "a4");
        let program = Supervised::new(&sandbox);
        let entry_point = [&*init, "--", "/bin/sh", "-c", "exec \"$@\" stderr=inherit", "sh"];
        let start = program.start(&[]).terminal_as(Job::SessionLeader).under(entry_point);
        let command = start.as_process_1().spawn();
        program.process("foreground: its parent is a4").signal(Signal::SIGTERM);
        command.end(143);
    }
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    let shell = sandbox.start("bash").args(["--norc", "-i"]).terminal_as(Job::SessionLeader);
    let mut command = shell.as_process_1().spawn();
    command.type_text(&format!("{}\n", program.line(&[])));
    program.process("background: nothing supervises it");
    command.type_text("exit 7\n");
    command.end(7);
}

fn an_entry_point_that_is_a_script_has_it_in_the_background() {
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    let line = format!("#!/bin/sh\n{}\nexec sleep 1000\n", program.line(&[]));
    let script = sandbox.script("entry.sh", &line);
    let command = sandbox.start(script).as_process_1().spawn();
    program.process("background: nothing supervises it");
    command.signal(Signal::SIGKILL);
    command.end(137);
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
    sandbox.start("cp").args(["/bin/sleep", "pause"]).run().expect_code(0);
    beside(&sandbox, &["./pause", "1000"], before, mode);
}

/// Beside this process 1.
fn beside(sandbox: &Sandbox, process_1: &[&str], before: &[&str], mode: &str) {
    let name = process_1[0].trim_start_matches("./");
    let program = Supervised::new(sandbox);
    let start = sandbox.start(process_1[0]).args(process_1[1..].iter().copied());
    let mut pod = start.as_process_1().spawn();
    sandbox.wait_until("the pod pauses", || {
        pod.process().children().iter().any(|child| child.comm() == name)
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

/// Pods of podman.
fn in_a_pod_of_podman_it_stays() {
    require_program("catatonit", "catatonit");
    let sandbox = Sandbox::new();
    let mode = "foreground: it is the program of a container in a pod";
    beside(&sandbox, &["catatonit", "-P"], &[], mode);
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

/// A container of podman's, with the fixture and what it is linked to.
#[track_caller]
fn podman(sandbox: &Sandbox, script: &str) -> Finished {
    podman_with(sandbox, fixture!("does_as_told"), script)
}

/// With this fixture.
#[track_caller]
fn podman_with(sandbox: &Sandbox, program: &str, script: &str) -> Finished {
    let script = format!(
        "mkdir -p rootfs/first rootfs/second && install -t rootfs {program} &&
         ldd {program} | grep -o '/[^ ]*' | xargs -I{{}} install -D {{}} rootfs{{}} &&
         {script}"
    );
    sandbox.podman(&script).run()
}

/// Its options, the root directory, the program and its first words.
const RUN: &str = "--rootfs $PWD/rootfs /does_as_told here=/first stderr=inherit mode notify";

fn podman_runs_it() {
    let finished =
        podman(&Sandbox::new(), &format!("podman run --rm {RUN} return:5")).expect_code(5);
    assert!(finished.stderr.contains(PROCESS_1), "{finished:?}");
}

fn podman_runs_it_below_its_init() {
    let finished =
        podman(&Sandbox::new(), &format!("podman run --rm --init {RUN} return:5")).expect_code(5);
    assert!(finished.stderr.contains("foreground: its parent is podman-init"), "{finished:?}");
}

/// It returns, as a command that is typed does, and the daemon lives in the container.
fn podman_executes_it_in_a_container() {
    for init in ["", "--init"] {
        let script = format!(
            "podman run --detach --name c {init} {RUN} &&
             podman exec c /does_as_told here=/second stderr=inherit mode notify &&
             podman exec c /does_as_told here=/second notify"
        );
        let sandbox = Sandbox::new();
        let finished = podman(&sandbox, &script).expect_code(75);
        assert!(finished.stderr.contains("background: nothing supervises it"), "{finished:?}");
        assert!(finished.stderr.contains("already running"), "{finished:?}");
        sandbox.assert_nothing_left();
    }
}

/// As a probe does; and what is process 1 there is the engine's to stop.
fn podman_asks_its_status() {
    for init in ["", "--init"] {
        let script = format!(
            "podman run --detach --name c {init} --rootfs $PWD/rootfs /reloads here=/first notify stop &&
             for _ in $(seq 200); do
                 podman exec c /reloads daemon status --ready here=/first && break
             done &&
             podman exec c /reloads daemon stop here=/first"
        );
        let sandbox = Sandbox::new();
        let finished = podman_with(&sandbox, fixture!("reloads"), &script).expect_code(78);
        assert!(finished.stdout.contains("phase: ready"), "{finished:?}");
        assert!(finished.stderr.contains("is in charge of the daemon"), "{finished:?}");
        sandbox.assert_nothing_left();
    }
}

/// As a container for another architecture runs, `--platform`: by QEMU's user mode, which has a
/// thread of its own in each process.
#[track_caller]
fn emulated<'a>(sandbox: &'a Sandbox, words: &[&str]) -> Start<'a> {
    let qemu = format!("qemu-{}-static", std::env::consts::ARCH);
    told(sandbox, words.iter().copied()).under([require_program(&qemu, "qemu-user-static")])
}

fn emulated_it_is_in_the_background() {
    let sandbox = Sandbox::new();
    let words = ["stderr=inherit", "mode", "status:replaying journal", "notify"];
    let finished = emulated(&sandbox, &words).run().expect_code(0);
    let said = "background: nothing supervises it";
    assert!(finished.stderr.contains(said), "{finished:?}");
    let daemon = sandbox.process_in(PIDFILE);
    assert!(!daemon.is_session_leader() && daemon.threads() == 2, "{daemon:?}");
    sandbox.end(&daemon, Signal::SIGTERM);
    let finished = emulated(&sandbox, &["error:no such backend"]).run().expect_code(1);
    assert!(finished.stderr.contains("no such backend"), "{finished:?}");
    sandbox.assert_nothing_left();
}

fn emulated_its_own_threads_are_counted() {
    let sandbox = Sandbox::new();
    let finished = emulated(&sandbox, &["threads=resolver", "notify"]).run().expect_code(70);
    let said = "another thread runs already (resolver):";
    assert!(finished.stderr.contains(said), "{finished:?}");
    let finished = emulated(&sandbox, &["threads=resolver,logger", "notify"]).run().expect_code(70);
    assert!(finished.stderr.contains("other threads run already ("), "{finished:?}");
    sandbox.assert_nothing_left();
}
