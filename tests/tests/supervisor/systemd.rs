//! Promise 16: the same program, unchanged, does the right thing in a systemd unit of any type.

use std::{
    ffi::OsStr,
    fs,
    os::unix::net::UnixStream,
    path::Path,
    time::{Duration, Instant},
};

use daemon_tests::{
    Ids, NOBODY, Process, Running, Sandbox, Supervised, Systemd, fixture, read_to_end,
};

daemon_tests::tests![
    notify_is_active_when_it_is_ready_and_not_before,
    notify_with_a_pidfile_learns_which_process_is_the_daemon,
    notify_believes_the_command_where_there_is_no_pidfile,
    forking_is_active_when_the_command_returns,
    forking_without_a_pidfile_needs_to_be_said,
    a_pidfile_that_only_the_unit_knows_is_refused,
    simple_and_exec_stay,
    the_first_connection_to_a_socket_unit_starts_it,
    who_gives_no_sign_of_life_is_killed,
    what_is_never_ready_is_ended,
    a_status_gives_the_start_more_time,
    a_refused_start_says_why,
    a_start_that_fails_in_the_background_says_why,
    a_body_that_fails_before_it_is_ready_fails_the_unit,
    below_a_shell_it_does_not_speak_for_the_unit,
    another_user_finds_his_usual_place,
    what_was_for_the_program_alone_does_not_reach_its_children,
];

const PROGRAM: &str = fixture!("does_as_told");
const UNIT: &str = "does_as_told.service";
const PIDFILE: &str = "/run/does_as_told.pid";

/// The setting that starts the program, with these words. It has no pidfile unless they name one.
fn exec(words: &str) -> String {
    format!("ExecStart={PROGRAM} pidfile=none {words}")
}

/// Writes the unit with these settings; the program gets these words.
fn service(machine: &Systemd<'_>, settings: &str, words: &str) {
    machine.unit(UNIT, &format!("[Service]\n{settings}\n{}\n", exec(words)));
}

/// Starts it and gives its one process.
fn start(machine: &Systemd<'_>) -> Process {
    machine.systemctl(["start", UNIT]).expect_code(0);
    active(machine, UNIT)
}

/// The one process of a unit that must be active.
fn active(machine: &Systemd<'_>, unit: &str) -> Process {
    assert_eq!(machine.show(unit, "ActiveState"), "active", "{}", machine.report(unit));
    machine.only_process_of(unit)
}

/// Starts it, which must fail. Nothing may be left.
fn fail(machine: &Systemd<'_>, result: &str) {
    let finished = machine.systemctl(["start", UNIT]).expect_code(1);
    assert_eq!(machine.show(UNIT, "Result"), result, "{finished:?}{}", machine.report(UNIT));
    assert_eq!(machine.show(UNIT, "ActiveState"), "failed");
    let left = machine.processes_of(UNIT);
    assert!(left.is_empty(), "{left:?}\n{}", machine.report(UNIT));
}

fn stop(machine: &Systemd<'_>, unit: &str) {
    machine.systemctl(["stop", unit]).expect_code(0);
    assert_eq!(machine.show(unit, "ActiveState"), "inactive", "{}", machine.report(unit));
    assert_eq!(machine.show(unit, "Result"), "success", "{}", machine.report(unit));
    let left = machine.processes_of(unit);
    assert!(left.is_empty(), "{left:?}\n{}", machine.report(unit));
}

/// systemd makes what it starts the leader of a session; a daemon leads none.
fn is_in_the_foreground(process: &Process) -> bool {
    process.is_session_leader()
}

/// Starts it, and lets go of it when it waits at the FIFO `go`.
fn start_and_look<'a>(
    sandbox: &Sandbox,
    machine: &Systemd<'a>,
    processes: usize,
    look: impl FnOnce(&mut Running<'a>),
) -> Process {
    let mut systemctl = machine.start("systemctl").args(["start", UNIT]).spawn();
    sandbox.wait_until("it begins", || machine.processes_of(UNIT).len() == processes);
    sandbox.wait_until("it warms up", || sandbox.join("warm").exists());
    assert_eq!(machine.show(UNIT, "ActiveState"), "activating", "{}", machine.report(UNIT));
    look(&mut systemctl);
    assert!(!systemctl.has_ended(), "{systemctl:?}");
    sandbox.release("go");
    systemctl.wait().expect_code(0);
    active(machine, UNIT)
}

/// Words for a program that waits for [`start_and_look`] before it is ready.
fn warming_up(sandbox: &Sandbox) -> String {
    let here = sandbox.path().display();
    sandbox.fifo("go");
    format!("\"status:warming up\" note:{here}/warm wait:{here}/go \"notify:at your service\"")
}

fn notify_is_active_when_it_is_ready_and_not_before() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    let closing = sandbox.fifo("closing");
    let words = warming_up(&sandbox);
    service(&machine, "Type=notify", &format!("{words} wait:{} say:closing", closing.display()));
    let process = start_and_look(&sandbox, &machine, 1, |_| {
        assert_eq!(machine.show(UNIT, "StatusText"), "warming up");
    });
    assert!(is_in_the_foreground(&process), "{process:?}");
    assert_eq!(process.exe(), Path::new(PROGRAM));
    assert_eq!(machine.show(UNIT, "StatusText"), "at your service");
    sandbox.release("closing");
    machine.wait_until_shows(UNIT, "StatusText", "closing");
    stop(&machine, UNIT);
}

fn notify_with_a_pidfile_learns_which_process_is_the_daemon() {
    forks_and_notifies(&format!("PIDFile={PIDFILE}"), &format!("pidfile={PIDFILE}"));
}

/// systemd reads a pidfile too when the command ends. Here it has nothing but the command's word.
fn notify_believes_the_command_where_there_is_no_pidfile() {
    forks_and_notifies("Environment=DAEMON_MODE=background", "");
}

fn forks_and_notifies(setting: &str, option: &str) {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    let words = format!("{option} {}", warming_up(&sandbox));
    service(&machine, &format!("Type=notify\n{setting}"), &words);
    // The command, who watches, and the daemon.
    let process = start_and_look(&sandbox, &machine, 3, |_| {
        machine.wait_until_shows(UNIT, "StatusText", "warming up");
    });
    assert!(!is_in_the_foreground(&process), "{process:?}");
    assert_eq!(machine.show(UNIT, "StatusText"), "at your service");
    // It would not be given time to end.
    let journal = machine.journal(UNIT);
    assert!(!journal.contains("which is not our child"), "{journal}");
    stop(&machine, UNIT);
}

fn forking_is_active_when_the_command_returns() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    // Not where it would be without the unit.
    let pidfile = "/run/elsewhere.pid";
    let settings = format!("Type=forking\nPIDFile={pidfile}");
    service(&machine, &settings, &format!("pidfile=usual {}", warming_up(&sandbox)));
    let process = start_and_look(&sandbox, &machine, 2, |_| {});
    assert!(!is_in_the_foreground(&process), "{process:?}");
    let held = fs::read_to_string(machine.path(pidfile)).expect("a pidfile");
    assert_eq!(held, format!("{}\n", machine.show(UNIT, "MainPID")));
    stop(&machine, UNIT);
}

fn forking_without_a_pidfile_needs_to_be_said() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    let settings = "Type=forking\nEnvironment=DAEMON_MODE=background";
    service(&machine, settings, &warming_up(&sandbox));
    let process = start_and_look(&sandbox, &machine, 2, |_| {});
    assert!(!is_in_the_foreground(&process), "{process:?}");
    stop(&machine, UNIT);
}

/// Else systemd would wait for a file that nobody writes, until its timeout.
fn a_pidfile_that_only_the_unit_knows_is_refused() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    for option in ["", "pidfile=/run/elsewhere.pid"] {
        let settings = format!("Type=notify\nPIDFile={PIDFILE}");
        service(&machine, &settings, &format!("{option} notify"));
        machine.systemctl(["daemon-reload"]).expect_code(0);
        fail(&machine, "exit-code");
        assert_eq!(machine.show(UNIT, "ExecMainStatus"), "78");
        let why = machine.show(UNIT, "StatusText");
        assert!(why.contains(&format!("PIDFile={PIDFILE}")), "{why}");
    }
}

fn simple_and_exec_stay() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    for kind in ["simple", "exec"] {
        let unit = &format!("{kind}.service");
        let ready = sandbox.join(kind);
        let words = format!("pidfile=usual notify note:{}", ready.display());
        let settings = format!("Type={kind}\nRuntimeDirectory={kind}");
        machine.unit(unit, &format!("[Service]\n{settings}\n{}\n", exec(&words)));
        machine.systemctl(["start", unit]).expect_code(0);
        sandbox.wait_until("it is ready", || ready.exists());
        let process = active(&machine, unit);
        assert!(is_in_the_foreground(&process), "{process:?}");
        stop(&machine, unit);
    }
}

fn the_first_connection_to_a_socket_unit_starts_it() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    for (name, settings) in
        [("stays", "Type=notify"), ("forks", "Type=forking\nPIDFile=/run/forks.pid")]
    {
        let (socket, unit) = (&format!("{name}.socket"), &format!("{name}.service"));
        let path = sandbox.join(name);
        let listen = format!("ListenStream={}\nFileDescriptorName=door", path.display());
        machine.unit(socket, &format!("[Socket]\n{listen}\n"));
        let exec = exec(&format!("pidfile=/run/{name}.pid notify answer:door"));
        machine.unit(unit, &format!("[Service]\n{settings}\n{exec}\n"));
        machine.systemctl(["start", socket]).expect_code(0);
        assert_eq!(machine.show(unit, "ActiveState"), "inactive");

        assert_eq!(answer_of(&path), "come in\n", "{}", machine.report(unit));
        let process = active(&machine, unit);
        assert_eq!(is_in_the_foreground(&process), name == "stays", "{process:?}");
        assert_eq!(answer_of(&path), "come in\n", "{}", machine.report(unit));
        assert_eq!(machine.only_process_of(unit).pid(), process.pid());
        machine.systemctl(["stop", socket]).expect_code(0);
        stop(&machine, unit);
    }
}

/// What somebody says who is asked at this Unix socket.
fn answer_of(path: &Path) -> String {
    let connection = UnixStream::connect(path).expect("somebody listens");
    connection.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    read_to_end(connection)
}

fn who_gives_no_sign_of_life_is_killed() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    let here = sandbox.path().display();
    sandbox.fifo("stuck");
    let in_executor = Supervised::new(&sandbox).line(&["notify", "heartbeat-until:stuck"]);
    // SIGKILL, because the default signal would dump core.
    let settings = "WatchdogSec=1\nWatchdogSignal=SIGKILL";
    let [stays, forks, executor] = [
        ("stays", "Type=notify", exec(&format!("notify alive-for:3 note:{here}/stays"))),
        (
            "forks",
            "Type=forking\nPIDFile=/run/forks.pid",
            exec(&format!("pidfile=/run/forks.pid notify alive-for:3 note:{here}/forks")),
        ),
        ("executor", "Type=notify", format!("ExecStart={in_executor}")),
    ]
    .map(|(name, kind, exec)| {
        let unit = format!("{name}.service");
        machine.unit(&unit, &format!("[Service]\n{kind}\n{settings}\n{exec}\n"));
        unit
    });
    machine.systemctl(["start", &stays, &forks, &executor]).expect_code(0);
    let processes = [&stays, &forks, &executor].map(|unit| active(&machine, unit));

    // As long as they give signs of life they live: for three intervals.
    sandbox.wait_until("two have lived", || {
        sandbox.join("stays").exists() && sandbox.join("forks").exists()
    });
    assert!(processes.iter().all(Process::is_alive), "{processes:?}");
    sandbox.release("stuck");
    for (unit, process) in [&stays, &forks, &executor].into_iter().zip(processes) {
        process.wait_for_death();
        machine.wait_until_shows(unit, "ActiveState", "failed");
        assert_eq!(machine.show(unit, "Result"), "watchdog", "{}", machine.report(unit));
        assert!(machine.processes_of(unit).is_empty());
    }
}

fn what_is_never_ready_is_ended() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    let never = sandbox.fifo("never");
    service(&machine, "Type=notify\nTimeoutStartSec=1", &format!("wait:{}", never.display()));
    fail(&machine, "timeout");
}

fn a_status_gives_the_start_more_time() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    let words = "start_timeout=1 statuses-for:2.5 notify:late";
    service(&machine, "Type=notify\nTimeoutStartSec=1", words);
    let begin = Instant::now();
    start(&machine);
    assert!(begin.elapsed() >= Duration::from_secs_f64(2.5), "{:?}", begin.elapsed());
    assert_eq!(machine.show(UNIT, "StatusText"), "late");
    stop(&machine, UNIT);
}

fn a_refused_start_says_why() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    service(&machine, "Type=notify", "chdir=/not/there notify");
    fail(&machine, "exit-code");
    assert_eq!(machine.show(UNIT, "ExecMainStatus"), "78");
    let why = machine.show(UNIT, "StatusText");
    assert!(why.contains("/not/there"), "{why}");
    assert_eq!(machine.show(UNIT, "StatusErrno"), libc::ENOENT.to_string());
    sandbox.wait_until("`systemctl status` shows it all", || {
        let shown = machine.systemctl(["status", "--full", UNIT]).expect_code(3).stdout;
        shown.contains("status=78/CONFIG") && shown.contains(&why)
    });
}

fn a_start_that_fails_in_the_background_says_why() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    let settings = format!("Type=notify\nPIDFile={PIDFILE}");
    service(&machine, &settings, &format!("pidfile={PIDFILE} \"error:no such luck\""));
    fail(&machine, "exit-code");
    assert_eq!(machine.show(UNIT, "ExecMainStatus"), "1");
    let why = machine.show(UNIT, "StatusText");
    assert!(why.contains("exited with status 1 before it was ready"), "{why}");
    sandbox.wait_until("the journal has it", || machine.journal(UNIT).contains("no such luck"));
}

fn a_body_that_fails_before_it_is_ready_fails_the_unit() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    service(&machine, "Type=notify", "status:trying \"error:no such luck\"");
    fail(&machine, "exit-code");
    assert_eq!(machine.show(UNIT, "ExecMainStatus"), "1");
    sandbox.wait_until("the journal has it", || machine.journal(UNIT).contains("no such luck"));
}

/// systemd started the shell, as `SYSTEMD_EXEC_PID` says; the program has only inherited what
/// the shell was given.
fn below_a_shell_it_does_not_speak_for_the_unit() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    let here = sandbox.path().display();
    let line = format!("{PROGRAM} pidfile={here}/pid notify:mine && : > {here}/back; sleep 1000");
    let settings = "Type=notify\nNotifyAccess=all";
    machine.unit(UNIT, &format!("[Service]\n{settings}\nExecStart=/bin/sh -c '{line}'\n"));
    machine.systemctl(["start", "--no-block", UNIT]).expect_code(0);
    sandbox.wait_until("the program returns", || sandbox.join("back").exists());
    let processes = machine.processes_of(UNIT);
    let daemon = processes.iter().find(|process| process.exe() == Path::new(PROGRAM));
    assert!(!is_in_the_foreground(daemon.expect("a daemon")), "{processes:?}");
    assert_eq!(machine.show(UNIT, "ActiveState"), "activating", "{}", machine.report(UNIT));
    assert_eq!(machine.show(UNIT, "StatusText"), "");
    machine.systemctl(["stop", UNIT]).expect_code(0);
    assert!(machine.processes_of(UNIT).is_empty());
}

fn another_user_finds_his_usual_place() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    let program = sandbox.install(PROGRAM);
    let settings = "Type=notify\nUser=nobody\nRuntimeDirectory=place";
    let exec = format!("ExecStart={} pidfile=usual notify:here", program.display());
    machine.unit(UNIT, &format!("[Service]\n{settings}\n{exec}\n"));
    let process = start(&machine);
    assert!(is_in_the_foreground(&process), "{process:?}");
    assert_eq!(process.users(), Ids::all(NOBODY));
    assert_eq!(machine.show(UNIT, "StatusText"), "here");
    let pidfile = machine.path("/run/place/does_as_told.pid");
    let held = fs::read_to_string(pidfile).expect("a pidfile");
    assert_eq!(held, format!("{}\n", machine.show(UNIT, "MainPID")));
    stop(&machine, UNIT);
}

fn what_was_for_the_program_alone_does_not_reach_its_children() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    machine.unit(
        "does_as_told.socket",
        &format!("[Socket]\nListenStream={}\n", sandbox.join("door").display()),
    );
    service(&machine, "Type=notify\nWatchdogSec=100", "\"command:sleep 1000\" notify");
    machine.systemctl(["start", "does_as_told.socket", UNIT]).expect_code(0);
    let processes = machine.processes_of(UNIT);
    let [child, program] = ["sleep", "does_as_told"].map(|name| {
        let found = processes.iter().find(|process| process.comm() == name);
        found.unwrap_or_else(|| panic!("no {name} in {processes:?}")).environment()
    });
    for name in [
        "NOTIFY_SOCKET",
        "WATCHDOG_USEC",
        "WATCHDOG_PID",
        "LISTEN_PID",
        "LISTEN_FDS",
        "LISTEN_FDNAMES",
    ] {
        assert!(program.contains_key(OsStr::new(name)), "{program:?}");
        assert!(!child.contains_key(OsStr::new(name)), "{child:?}");
    }
    assert!(child.contains_key(OsStr::new("INVOCATION_ID")), "the rest stays: {child:?}");
    stop(&machine, UNIT);
}
