//! Promise 16: the same program, unchanged, stays in the foreground under a supervisor, which is
//! told of its readiness and can end it; started in any other way, it goes to the background.

use std::ffi::OsStr;

use daemon_tests::{
    Finished, NOBODY, Process, Running, Sandbox, Signal, Standard, Start, Supervised, WAITS,
    fixture, is_root, require_program, skip, supervisord_configuration,
};

daemon_tests::tests![
    supervisord_runs_it,
    supervisord_runs_it_when_python_was_told_to_run_that,
    below_a_shell_under_supervisord_it_is_in_the_background,
    runit_runs_it,
    s6_runs_it,
    s6_learns_of_its_readiness_from_the_option,
    s6_learns_of_its_readiness_from_the_variable,
    daemontools_run_it,
    openrc_runs_it,
    runit_and_s6_run_it_where_they_cannot_be_seen,
    busybox_runs_it_by_its_inittab,
    foreman_runs_it,
    entr_runs_it,
    a_daemon_that_restarts_runs_it,
    a_shell_is_no_supervisor,
];

const IN_THE_BACKGROUND: &str = "background: nothing supervises it";

/// The one process that a supervisor has started.
#[track_caller]
fn supervised(program: &Supervised<'_>, supervisor: &Process, name: &str) -> Process {
    let process = program.process(&format!("foreground: its parent is {name}"));
    assert_eq!(process.ppid(), supervisor.pid(), "{process:?}");
    process
}

#[track_caller]
fn say(command: Start<'_>) -> Finished {
    command.run().expect_code(0)
}

/// The supervisor has been told to end, and does so; and it started the program once, so it never
/// took it for dead.
#[track_caller]
fn end(program: &Supervised<'_>, supervisor: Running<'_>, mode: &str) {
    supervisor.end(0);
    program.started_once(mode);
}

// supervisord

/// supervisord(1) with this program, once it has called it running: after a second in which it
/// did not end.
fn supervisord<'a>(sandbox: &'a Sandbox, line: &str) -> Running<'a> {
    supervisord_under(sandbox, &[], line)
}

fn supervisord_under<'a>(sandbox: &'a Sandbox, prefix: &[&str], line: &str) -> Running<'a> {
    let path = require_program("supervisord", "supervisor");
    let program = format!("[program:echod]\ncommand = {line}\n");
    let configuration = supervisord_configuration(sandbox.path(), &program);
    let configuration = sandbox.file("supervisord.conf", 0o644, &configuration);
    let supervisord = sandbox.start(path).under(prefix.iter().copied());
    let mut supervisord = supervisord.arg("-c").arg(configuration).spawn();
    supervisord.wait_for_text("success: echod entered RUNNING state");
    supervisord
}

fn supervisorctl<'a>(sandbox: &'a Sandbox, word: &str) -> Start<'a> {
    let configuration = sandbox.join("supervisord.conf");
    sandbox.start("supervisorctl").arg("-c").arg(configuration).args([word, "echod"])
}

fn supervisord_runs_it() {
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    let mut supervisord = supervisord(&sandbox, &program.line(&[]));
    let process = supervised(&program, supervisord.process(), "supervisord");
    let environment = process.environment();
    for (name, value) in [("SUPERVISOR_ENABLED", "1"), ("SUPERVISOR_PROCESS_NAME", "echod")] {
        assert_eq!(environment[OsStr::new(name)], value);
    }
    let status = say(supervisorctl(&sandbox, "status")).stdout;
    assert!(status.contains(&format!("RUNNING   pid {},", process.pid())), "{status}");
    say(supervisorctl(&sandbox, "stop"));
    process.wait_for_death();
    let log = supervisord.stdout();
    assert_eq!(log.matches("spawned: 'echod'").count(), 1, "{log}");
    assert!(log.contains("stopped: echod (terminated by SIGTERM)"), "{log}");
    supervisord.signal(Signal::SIGTERM);
    end(&program, supervisord, "foreground: its parent is supervisord");
}

/// The kernel then calls it by the name of the interpreter.
fn supervisord_runs_it_when_python_was_told_to_run_that() {
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    let supervisord = supervisord_under(&sandbox, &["/usr/bin/python3"], &program.line(&[]));
    supervised(&program, supervisord.process(), "supervisord");
    assert!(supervisord.process().comm().starts_with("python"));
    supervisord.signal(Signal::SIGTERM);
    end(&program, supervisord, "foreground: its parent is supervisord");
}

fn below_a_shell_under_supervisord_it_is_in_the_background() {
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    let script = format!("#!/bin/sh\n{} && exec sleep 1000\n", program.line(&[]));
    let script = sandbox.script("echod.sh", &script);
    let supervisord = supervisord(&sandbox, &script.display().to_string());
    let process = program.process(IN_THE_BACKGROUND);
    assert!(process.environment().contains_key(OsStr::new("SUPERVISOR_ENABLED")));
    assert_ne!(process.ppid(), supervisord.process().pid());
    process.signal(Signal::SIGTERM);
    process.wait_for_death();
    supervisord.signal(Signal::SIGTERM);
    end(&program, supervisord, IN_THE_BACKGROUND);
}

// runit

fn runit_runs_it() {
    require_program("runsv", "runit");
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    let service = program.service_directory(&format!("exec {}", program.line(&[])));
    let runsv = sandbox.start("runsv").arg(&service).spawn();
    let sv = |word: &str| say(sandbox.start("sv").arg(word).arg(&service)).stdout;
    let process = supervised(&program, runsv.process(), "runsv");
    let running = format!("run: {}: (pid {}) ", service.display(), process.pid());
    // runsv writes it down a moment after it has made the process.
    sandbox.wait_until("sv says that it runs", || sv("status").starts_with(&running));
    sv("stop");
    process.wait_for_death();
    let status = sv("status");
    assert!(status.starts_with("down: "), "{status}");
    sv("exit");
    end(&program, runsv, "foreground: its parent is runsv");
}

// s6

fn s6_supervise<'a>(sandbox: &'a Sandbox) -> Start<'a> {
    require_program("s6-supervise", "s6");
    sandbox.start("s6-supervise").arg(sandbox.join("service"))
}

fn s6_svstat(sandbox: &Sandbox) -> String {
    say(sandbox.start("s6-svstat").arg(sandbox.join("service"))).stdout
}

/// The service comes down, and s6-supervise(1) ends.
fn s6_svc_exit(sandbox: &Sandbox, supervisor: Running<'_>, process: &Process) {
    say(sandbox.start("s6-svc").arg("-xd").arg(sandbox.join("service")));
    supervisor.end(0);
    assert!(!process.is_alive());
}

fn s6_runs_it() {
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    program.service_directory(&format!("exec {}", program.line(&[])));
    let supervisor = s6_supervise(&sandbox).spawn();
    let process = supervised(&program, supervisor.process(), "s6-supervise");
    // It notes that only after the program has been started.
    let up = format!("up (pid {}) ", process.pid());
    sandbox.wait_until("s6 calls it up", || s6_svstat(&sandbox).starts_with(&up));
    s6_svc_exit(&sandbox, supervisor, &process);
    program.started_once("foreground: its parent is s6-supervise");
}

/// s6-svwait(1) returns when the program waits no longer, and s6-svstat(1) calls it ready.
fn s6_learns_of_its_readiness(sandbox: &Sandbox) -> (Running<'_>, Process) {
    sandbox.file("service/notification-fd", 0o644, "3\n");
    let supervisor = s6_supervise(sandbox).spawn();
    let service = sandbox.join("service");
    sandbox.wait_until("the program waits", || sandbox.join("waits").exists());
    // It ends with 99 if it waits in vain; it is given less time than the test.
    let mut waiting = sandbox.start("s6-svwait").args(["-U", "-t", "15000"]).arg(service).spawn();
    let status = s6_svstat(sandbox);
    assert!(status.starts_with("up ") && !status.contains("ready"), "{status}");
    assert!(!waiting.has_ended(), "{waiting:?}");
    sandbox.release("go");
    waiting.wait().expect_code(0);
    let status = s6_svstat(sandbox);
    assert!(status.contains(" ready "), "{status}");
    let process = supervisor.process().only_child();
    // What a child of the program would inherit, and s6 would wait at the end of it.
    process.wait_until("has let go of the descriptor", |it| !it.descriptors().contains_key(&3));
    (supervisor, process)
}

fn s6_learns_of_its_readiness_from_the_option() {
    let sandbox = Sandbox::new();
    let program = Supervised::with_program(&sandbox, fixture!("ready_at_3"));
    program.service_directory(&format!("exec {}", program.line(&[])));
    let (supervisor, process) = s6_learns_of_its_readiness(&sandbox);
    s6_svc_exit(&sandbox, supervisor, &process);
}

fn s6_learns_of_its_readiness_from_the_variable() {
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    program.service_directory(&format!("NOTIFICATION_FD=3 exec {}", program.line(&WAITS)));
    let (supervisor, process) = s6_learns_of_its_readiness(&sandbox);
    assert_eq!(supervised(&program, supervisor.process(), "s6-supervise").pid(), process.pid());
    s6_svc_exit(&sandbox, supervisor, &process);
    program.started_once("foreground: its parent is s6-supervise");
}

// daemontools

fn daemontools_run_it() {
    require_program("supervise", "daemontools");
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    let service = program.service_directory(&format!("exec {}", program.line(&[])));
    let supervise = sandbox.start("supervise").arg(&service).spawn();
    let process = supervised(&program, supervise.process(), "supervise");
    let status = say(sandbox.start("svstat").arg(&service)).stdout;
    let up = format!("{}: up (pid {}) ", service.display(), process.pid());
    assert!(status.starts_with(&up), "{status}");
    say(sandbox.start("svc").arg("-dx").arg(&service));
    end(&program, supervise, "foreground: its parent is supervise");
}

// OpenRC

/// supervise-daemon(8) goes to the background itself, and keeps notes in `/run/openrc`: it gets a
/// `/run` of its own.
fn openrc_runs_it() {
    require_program("supervise-daemon", "openrc");
    if !is_root() {
        skip!("needs root: mounts a file system");
    }
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    sandbox.fifo("stop");
    let mut command = sandbox
        .shell(
            "set -e
            mount -t tmpfs none /run
            mkdir -p /run/openrc/daemons /run/openrc/options
            supervise-daemon echod --start --pidfile $PWD/supervisor.pid $0 -- here=$PWD
            cat stop
            supervise-daemon echod --stop --pidfile $PWD/supervisor.pid",
        )
        .arg(program.path())
        .under(["unshare", "--mount"])
        .env("RC_SVCNAME", "echod")
        .spawn();
    let supervisor = sandbox.process_in("supervisor.pid");
    let process = supervised(&program, &supervisor, "supervise-daemo");
    sandbox.release("stop");
    command.wait().expect_code(0);
    process.wait_for_death();
    supervisor.wait_for_death();
    program.started_once("foreground: its parent is supervise-daemo");
    drop(command);
    sandbox.assert_nothing_left();
}

// Hidden

/// As nobody, whom /proc does not show the processes of others: the supervisor, which is root's.
fn runit_and_s6_run_it_where_they_cannot_be_seen() {
    for (supervisor, package) in [("runsv", "runit"), ("s6-supervise", "s6")] {
        require_program(supervisor, package);
        let sandbox = Sandbox::new();
        sandbox.owner("", NOBODY, NOBODY);
        let program = Supervised::with_program(&sandbox, sandbox.install(fixture!("supervised")));
        let as_nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups --";
        let line = format!("exec {as_nobody} {}", program.line(&[]));
        let service = program.service_directory(&line);
        let start = sandbox.start(supervisor).arg(&service);
        let supervisor = start.where_mounted("mount -t proc -o hidepid=2 proc /proc").spawn();
        let mode = "foreground: its parent cannot be seen in /proc, and there is no terminal: it \
                    may be a supervisor";
        let process = program.process(mode);
        assert_eq!(process.ppid(), supervisor.process().pid(), "{process:?}");
        program.started_once(mode);
    }
}

// inittab(5)

fn busybox_runs_it_by_its_inittab() {
    require_program("busybox", "busybox");
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    sandbox.directory("etc", 0o755);
    sandbox.file("etc/inittab", 0o644, &format!("::respawn:{}\n", program.line(&[])));
    let mounts = ["/bin/sh", "-c", "mount --bind etc /etc && exec \"$@\"", "sh"];
    let init = sandbox.start("busybox").arg("init").under(mounts).as_process_1().spawn();
    let mode = "foreground: process 1 started it, in a session of its own";
    let process = program.process(mode);
    assert_eq!(process.ppid(), init.process().only_child().pid(), "{process:?}");
    program.started_once(mode);
    init.signal(Signal::SIGKILL);
    init.end(137);
}

// Runners of a Procfile, and of a program whose files change

#[track_caller]
fn runs_it(program: &Supervised<'_>, supervisor: Running<'_>, name: &str) {
    let mode = format!("foreground: its parent is {name}");
    let process = program.process(&mode);
    process.signal(Signal::SIGTERM);
    process.wait_for_death();
    drop(supervisor);
}

fn foreman_runs_it() {
    require_program("foreman", "ruby-foreman");
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    sandbox.file("Procfile", 0o644, &format!("web: {}\n", program.line(&[])));
    let foreman = sandbox.start("foreman").arg("start").spawn();
    runs_it(&program, foreman, "foreman");
}

fn entr_runs_it() {
    require_program("entr", "entr");
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    sandbox.file("watched", 0o644, "");
    let start = program.start(&[]).under(["entr", "-rn"]).stdin(Standard::Pipe);
    let mut entr = start.spawn();
    entr.write_stdin("watched\n");
    entr.close_stdin();
    runs_it(&program, entr, "entr");
}

/// The one of libslack; that of FreeBSD has the same option.
fn a_daemon_that_restarts_runs_it() {
    require_program("daemon", "daemon");
    let sandbox = Sandbox::new();
    let program = Supervised::new(&sandbox);
    // It executes nothing in a directory like /tmp unless it is told to.
    let options = ["daemon", "--unsafe", "-rf", "--"];
    let daemon = program.start(&[]).under(options).spawn();
    runs_it(&program, daemon, "daemon");
}

// What is no supervisor

fn goes_to_the_background<'a>(
    sandbox: &'a Sandbox,
    surroundings: impl FnOnce(Start<'a>) -> Start<'a>,
) {
    let program = Supervised::new(sandbox);
    say(surroundings(program.start(&[])));
    let process = program.process(IN_THE_BACKGROUND);
    sandbox.end(&process, Signal::SIGTERM);
}

fn a_shell_is_no_supervisor() {
    let shell = ["/bin/sh", "-c", "\"$@\"; exit $?", "sh"];
    // As cron(8) starts it.
    goes_to_the_background(&Sandbox::new(), |start| start.under(shell));
    // As one who logged in starts it, and means to log out again.
    goes_to_the_background(&Sandbox::new(), |start| start.under(shell).terminal());
    goes_to_the_background(&Sandbox::new(), |start| start.under(["nohup"]).under(shell).terminal());
}
