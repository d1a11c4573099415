//! Promise 15: `mode = auto` stays in the foreground exactly where something supervises the
//! program, and says why; `DAEMON_MODE` overrides it.

use std::os::unix::net::UnixStream;

use daemon_tests::{
    AS_NOBODY, Finished, NOBODY, NotifySocket, PIDFILE, STRANGER, Sandbox, Signal, Start, fixture,
    listener, read_to_end, require_program, tcp_connection, told,
};

daemon_tests::tests![
    what_nothing_supervises_goes_to_the_background,
    what_systemd_started_stays,
    what_is_waited_for_stays,
    what_sockets_are_passed_to_stays,
    what_serves_one_connection_stays,
    variables_that_mean_another_process_are_no_sign,
    what_its_parent_was_told_to_notify_is_not_its_own,
    the_descriptor_of_its_parent_is_not_its_own,
    a_small_init_passes_on_what_its_program_is_to_notify,
    whoever_cannot_be_seen_may_be_a_supervisor,
    whoever_cannot_be_seen_is_nobody_at_a_terminal_or_below_sudo,
    no_variable_counts_for_a_set_user_id_program,
    no_variable_leads_a_set_user_id_program_elsewhere,
    a_socketpair_is_no_sign,
    daemon_mode_overrides_auto_and_nothing_else,
    a_daemon_mode_that_makes_no_sense_is_refused,
    daemon_mode_off_makes_it_an_ordinary_program,
    a_unit_with_a_pidfile_forks,
    the_usual_pidfile_is_the_one_of_the_unit,
    a_systemd_that_does_not_say_whom_it_started_is_known_by_its_name,
    a_directory_of_the_pidfile_may_be_a_link,
    another_pidfile_than_the_units_is_refused,
    in_the_foreground_the_units_pidfile_is_nothing,
    process_1_stays_whatever_the_other_signs_say,
    process_1_is_not_told_to_leave,
];

/// A daemon that says its mode and why.
fn start(sandbox: &Sandbox) -> Start<'_> {
    told(sandbox, ["stderr=inherit", "mode", "notify"])
}

/// Starts it, and looks at what it says and does.
#[track_caller]
fn expect(start: Start<'_>, sandbox: &Sandbox, words: &str) {
    let mut command = start.spawn();
    if words.starts_with("background") {
        let finished = command.wait().expect_code(0);
        assert!(finished.stderr.contains(words), "not {words}: {finished:?}");
        let daemon = sandbox.process_in(PIDFILE);
        assert_ne!(daemon.pid(), command.process().pid());
        daemon.signal(Signal::SIGKILL);
    } else {
        command.wait_for_text(words);
        assert_eq!(sandbox.process_in(PIDFILE).pid(), command.process().pid());
        assert_eq!(sandbox.processes().len(), 1, "{:?}", sandbox.processes());
        let caught = command.process().caught();
        assert!(!caught.contains(Signal::SIGTERM), "only process 1 needs a handler: {caught:?}");
        command.signal(Signal::SIGTERM);
        command.wait().expect_code(128 + Signal::SIGTERM as i32);
    }
    drop(command);
    sandbox.assert_nothing_left();
}

fn what_nothing_supervises_goes_to_the_background() {
    let sandbox = Sandbox::new();
    expect(start(&sandbox), &sandbox, "background: nothing supervises it");
    expect(start(&sandbox).under(["nohup"]), &sandbox, "background: nothing supervises it");
    expect(start(&sandbox).under(["setsid", "-w"]), &sandbox, "background: nothing supervises it");
}

fn what_systemd_started_stays() {
    let sandbox = Sandbox::new();
    let start = start(&sandbox).env_own_pid("SYSTEMD_EXEC_PID");
    expect(start, &sandbox, "foreground: systemd started it");
}

fn what_is_waited_for_stays() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let waited_for = || start(&sandbox).env("NOTIFY_SOCKET", supervisor.address());
    expect(waited_for(), &sandbox, "foreground: NOTIFY_SOCKET is set");
    let by_systemd = waited_for().env_own_pid("SYSTEMD_EXEC_PID");
    expect(by_systemd, &sandbox, "foreground: NOTIFY_SOCKET is set");
}

fn what_sockets_are_passed_to_stays() {
    let sandbox = Sandbox::new();
    let start = start(&sandbox).env("LISTEN_FDS", "1").env_own_pid("LISTEN_PID");
    expect(start.descriptor(3, listener().0), &sandbox, "foreground: LISTEN_PID is its number");
}

fn what_serves_one_connection_stays() {
    let sandbox = Sandbox::new();
    let (_client, server) = tcp_connection();
    expect(
        start(&sandbox).connection(server),
        &sandbox,
        "foreground: standard input and output are one connection",
    );
}

fn a_socketpair_is_no_sign() {
    let sandbox = Sandbox::new();
    let (one, _other) = UnixStream::pair().expect("sockets");
    expect(start(&sandbox).connection(one), &sandbox, "background: nothing supervises it");
}

fn variables_that_mean_another_process_are_no_sign() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    // As in a shell below a supervised program. Process 1 is not us.
    let start = start(&sandbox)
        .env("NOTIFY_SOCKET", supervisor.address())
        .env("SYSTEMD_EXEC_PID", "1")
        .env("INVOCATION_ID", "a1b2")
        .env("PIDFILE", sandbox.join("another.pid"))
        .env("LISTEN_PID", "1")
        .env("LISTEN_FDS", "2")
        .env("SUPERVISOR_ENABLED", "1")
        .env("RC_SVCNAME", "another");
    expect(start, &sandbox, "background: nothing supervises it");
    assert_eq!(supervisor.receive_now(), None, "nothing is said in the name of another");
}

/// A shell that does not replace itself by the program.
const SHELL: [&str; 4] = ["/bin/sh", "-c", "\"$@\"; exit $?", "sh"];

/// A helper of a service, where nothing says which process the variable means: before systemd 248,
/// or below crun, or start-stop-daemon.
fn what_its_parent_was_told_to_notify_is_not_its_own() {
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let helper = || start(&sandbox).under(SHELL).env("NOTIFY_SOCKET", supervisor.address());
    let watched = helper().env("WATCHDOG_USEC", "1000000");
    expect(watched, &sandbox, "background: nothing supervises it");
    let told_how = helper().arg("mode=foreground").arg("say:hello").arg("exit:0");
    told_how.run().expect_code(0);
    told(&sandbox, ["mode=background", "error:no such backend"])
        .under(SHELL)
        .env("NOTIFY_SOCKET", supervisor.address())
        .run()
        .expect_code(1);
    assert_eq!(supervisor.receive_now(), None, "nothing is said in the name of another");
    // It need not even be a socket.
    let start = start(&sandbox).under(SHELL).env("NOTIFY_SOCKET", "/nonexistent");
    expect(start, &sandbox, "background: nothing supervises it");
}

/// Of a helper of a service under s6.
fn the_descriptor_of_its_parent_is_not_its_own() {
    let sandbox = Sandbox::new();
    let (theirs, ours) = UnixStream::pair().expect("sockets");
    let below = start(&sandbox).under(SHELL).env("NOTIFICATION_FD", "3").descriptor(3, theirs);
    expect(below, &sandbox, "background: nothing supervises it");
    assert_eq!(read_to_end(ours), "", "nothing is said in the name of another");
    // It need not even be open.
    let start = start(&sandbox).under(SHELL).env("NOTIFICATION_FD", "3");
    expect(start, &sandbox, "background: nothing supervises it");
}

/// As in a container of `podman run --init --sdnotify=container`.
fn a_small_init_passes_on_what_its_program_is_to_notify() {
    require_program("tini", "tini");
    let sandbox = Sandbox::new();
    let supervisor = NotifySocket::bind(&sandbox);
    let start = start(&sandbox).env("NOTIFY_SOCKET", supervisor.address());
    let mut command = start.under(["tini", "-s", "--"]).spawn();
    command.wait_for_text("foreground: NOTIFY_SOCKET is set");
    sandbox.wait_until("the supervisor is told", || {
        supervisor.receive_now().is_some_and(|message| message.text.contains("READY=1"))
    });
    command.signal(Signal::SIGTERM);
    command.end(143);
}

/// Started by root as nobody, whom /proc does not show the processes of others.
fn hidden_from_its_parent(sandbox: &Sandbox) -> Start<'_> {
    sandbox.owner("", NOBODY, NOBODY);
    let program = sandbox.install(fixture!("does_as_told"));
    let start = sandbox.start(program).args(["stderr=inherit", "mode", "notify"]).under(AS_NOBODY);
    start.where_mounted("mount -t proc -o hidepid=2 proc /proc")
}

fn whoever_cannot_be_seen_may_be_a_supervisor() {
    let sandbox = Sandbox::new();
    let words = "foreground: its parent cannot be seen in /proc, and there is no terminal: it may \
                 be a supervisor";
    expect(hidden_from_its_parent(&sandbox), &sandbox, words);
    // sudo has started whoever cannot be seen.
    let below = hidden_from_its_parent(&sandbox).env("SUDO_COMMAND", "/usr/bin/runsvdir /service");
    expect(below, &sandbox, words);
    // Where there is no /proc nobody can be seen.
    let sandbox = Sandbox::new();
    let start = start(&sandbox).where_mounted("mount -t tmpfs none /proc");
    expect(start, &sandbox, words);
}

fn whoever_cannot_be_seen_is_nobody_at_a_terminal_or_below_sudo() {
    let sandbox = Sandbox::new();
    let words = "background: nothing supervises it";
    let sudo = hidden_from_its_parent(&sandbox).env("SUDO_COMMAND", "/usr/sbin/does_as_told -x");
    expect(sudo, &sandbox, words);
    let overridden = hidden_from_its_parent(&sandbox).env("DAEMON_MODE", "background");
    expect(overridden, &sandbox, "background: DAEMON_MODE says so");
    let start = hidden_from_its_parent(&sandbox).terminal();
    let mut command = start.spawn();
    command.wait_for_text(words);
    command.wait().expect_code(0);
    sandbox.end(&sandbox.process_in(PIDFILE), Signal::SIGKILL);
}

/// The fixture, started by nobody; it belongs to another, whose rights it has.
fn set_user_id<'a>(sandbox: &'a Sandbox, owner: u32, words: [&'static str; 3]) -> Start<'a> {
    let program = sandbox.install(fixture!("does_as_told"));
    sandbox.owner("does_as_told", owner, owner);
    sandbox.mode("does_as_told", 0o4755);
    sandbox.owner("", owner, owner);
    sandbox.start(program).args(words).under(AS_NOBODY)
}

fn no_variable_counts_for_a_set_user_id_program() {
    for owner in [0, STRANGER] {
        let sandbox = Sandbox::new();
        let supervisor = NotifySocket::bind(&sandbox);
        let start = set_user_id(&sandbox, owner, ["stderr=inherit", "mode", "notify"])
            .env("NOTIFY_SOCKET", supervisor.address())
            .env("NOTIFICATION_FD", "1")
            .env("DAEMON_MODE", "no such mode")
            .env("LISTEN_FDS", "70000")
            .env_own_pid("LISTEN_PID")
            .env_own_pid("SYSTEMD_EXEC_PID");
        expect(start, &sandbox, "background: nothing supervises it");
        assert_eq!(supervisor.receive_now(), None, "nobody is told anything");
    }
}

/// Its rights must not write where the caller says.
fn no_variable_leads_a_set_user_id_program_elsewhere() {
    let sandbox = Sandbox::new();
    let theirs = sandbox.directory("theirs", 0o777);
    let led = |owner| {
        let mut start = set_user_id(&sandbox, owner, ["pidfile=usual", "stderr=usual", "notify"]);
        for variable in
            ["DAEMON_DIRECTORY", "RUNTIME_DIRECTORY", "LOGS_DIRECTORY", "XDG_STATE_HOME", "HOME"]
        {
            start = start.env(variable, &theirs);
        }
        start.env("PIDFILE", theirs.join("a.pid")).env_own_pid("SYSTEMD_EXEC_PID")
    };
    sandbox.directory("run", 0o755);
    sandbox.directory("log", 0o755);
    let places = "mount --bind run /run && mount --bind log /var/log";
    led(0).where_mounted(places).run().expect_code(0);
    sandbox.end(&sandbox.process_in("run/does_as_told.pid"), Signal::SIGKILL);
    assert!(sandbox.join("log/does_as_told.log").exists());
    // Who has no home directory has no usual place.
    led(STRANGER).run().expect_code(78);
    let made: Vec<_> = std::fs::read_dir(&theirs).expect("a directory").collect();
    assert!(made.is_empty(), "{made:?}");
    sandbox.assert_nothing_left();
}

fn daemon_mode_overrides_auto_and_nothing_else() {
    let sandbox = Sandbox::new();
    let overridden = |mode| start(&sandbox).env("DAEMON_MODE", mode);
    expect(overridden("foreground"), &sandbox, "foreground: DAEMON_MODE says so");
    let supervised = overridden("background").env_own_pid("SYSTEMD_EXEC_PID");
    expect(supervised, &sandbox, "background: DAEMON_MODE says so");
    expect(overridden("auto"), &sandbox, "background: nothing supervises it");
    expect(overridden(""), &sandbox, "background: nothing supervises it");

    let explicit = |mode| start(&sandbox).arg(mode);
    let foreground = explicit("mode=foreground");
    let words = "foreground: the program says so";
    expect(foreground.env("DAEMON_MODE", "background"), &sandbox, words);
    let background = explicit("mode=background");
    let words = "background: the program says so";
    expect(background.env_own_pid("SYSTEMD_EXEC_PID"), &sandbox, words);
}

fn a_daemon_mode_that_makes_no_sense_is_refused() {
    let sandbox = Sandbox::new();
    let finished = start(&sandbox).env("DAEMON_MODE", "forground").run().expect_code(78);
    assert_eq!(
        finished.stderr,
        "does_as_told: DAEMON_MODE is \"forground\": set it to `background`, `foreground`, \
         `off` or `auto`, or unset it\n"
    );
    assert!(!sandbox.join(PIDFILE).exists());
    sandbox.assert_nothing_left();
}

/// As in a test, or for a look at what it prints.
fn daemon_mode_off_makes_it_an_ordinary_program() {
    let sandbox = Sandbox::new();
    let words = ["mode", "status:starting", "notify:ready", "print-out:at work", "return:5"];
    let finished = told(&sandbox, words).env("DAEMON_MODE", "off").run().expect_code(5);
    assert_eq!(finished.stderr, "off: DAEMON_MODE says so\n");
    assert_eq!(finished.stdout, "at work\n");
    assert!(!sandbox.join(PIDFILE).exists());
    sandbox.assert_nothing_left();
}

/// As systemd starts the program of a unit with this `PIDFile=`.
fn of_unit_with_pidfile<'a>(sandbox: &'a Sandbox, start: Start<'a>, pidfile: &str) -> Start<'a> {
    start.env("PIDFILE", sandbox.join(pidfile)).env_own_pid("SYSTEMD_EXEC_PID")
}

fn a_unit_with_a_pidfile_forks() {
    let sandbox = Sandbox::new();
    let start = of_unit_with_pidfile(&sandbox, start(&sandbox), PIDFILE);
    expect(start, &sandbox, "background: systemd started it, for a unit with PIDFile=");
}

fn the_usual_pidfile_is_the_one_of_the_unit() {
    let sandbox = Sandbox::new();
    let start = told(&sandbox, ["pidfile=usual", "notify"]);
    of_unit_with_pidfile(&sandbox, start, "of the unit.pid").run().expect_code(0);
    sandbox.end(&sandbox.process_in("of the unit.pid"), Signal::SIGKILL);
}

/// Before version 248.
fn a_systemd_that_does_not_say_whom_it_started_is_known_by_its_name() {
    let sandbox = Sandbox::new();
    let systemd = sandbox.script("systemd", "#!/bin/sh\n\"$@\"\nexit $?\n");
    let below_it = |words: [&'static str; 3]| {
        told(&sandbox, words).env("INVOCATION_ID", "f0").under([&systemd])
    };
    let mut command = below_it(["stderr=inherit", "mode", "exit:9"]).spawn();
    command.wait_for_text("foreground: systemd started it\n");
    command.wait().expect_code(9);
    let start = below_it(["pidfile=usual", "mode", "notify"]);
    start.env("PIDFILE", sandbox.join("of the unit.pid")).run().expect_code(0);
    sandbox.process_in("of the unit.pid").signal(Signal::SIGKILL);
    drop(command);
    sandbox.assert_nothing_left();
}

fn a_directory_of_the_pidfile_may_be_a_link() {
    let sandbox = Sandbox::new();
    sandbox.directory("run", 0o755);
    std::os::unix::fs::symlink("run", sandbox.join("var-run")).expect("a link");
    let start = told(&sandbox, ["pidfile=@/run/a.pid", "notify"]);
    of_unit_with_pidfile(&sandbox, start, "var-run/a.pid").run().expect_code(0);
    sandbox.end(&sandbox.process_in("run/a.pid"), Signal::SIGKILL);
}

fn another_pidfile_than_the_units_is_refused() {
    let sandbox = Sandbox::new();
    let refused = |option: &str| -> Finished {
        let start = told(&sandbox, [option, "notify"]);
        of_unit_with_pidfile(&sandbox, start, "of the unit.pid").run().expect_code(78)
    };
    let unit = format!("PIDFile={}", sandbox.join("of the unit.pid").display());
    let finished = refused("pidfile=@/mine.pid");
    let mine = sandbox.join("mine.pid");
    assert!(finished.stderr.contains(&unit), "{finished:?}");
    assert!(finished.stderr.contains(&format!("`pidfile` is {}", mine.display())), "{finished:?}");
    let finished = refused("pidfile=none");
    assert!(finished.stderr.contains(&unit), "{finished:?}");
    assert!(finished.stderr.contains("there is no `pidfile`"), "{finished:?}");
    sandbox.assert_nothing_left();
}

/// systemd does not wait for it there.
fn in_the_foreground_the_units_pidfile_is_nothing() {
    let sandbox = Sandbox::new();
    let start = start(&sandbox).env("DAEMON_MODE", "foreground");
    let start = of_unit_with_pidfile(&sandbox, start, "of the unit.pid");
    expect(start, &sandbox, "foreground: DAEMON_MODE says so");
}

fn process_1_stays_whatever_the_other_signs_say() {
    let sandbox = Sandbox::new();
    let start = of_unit_with_pidfile(&sandbox, start(&sandbox), PIDFILE);
    let mut command = start.as_process_1().spawn();
    command.wait_for_text("foreground: it is process 1");
    for process in command.process().children() {
        process.signal(Signal::SIGTERM);
    }
    command.end(128 + Signal::SIGTERM as i32);
}

/// Its end is that of all other processes, so the daemon would die as the command says 0.
fn process_1_is_not_told_to_leave() {
    let sandbox = Sandbox::new();
    let refused = |start: Start<'_>, why: &str| {
        let finished = start.as_process_1().run().expect_code(78);
        let whole = format!(
            "does_as_told: process 1 cannot go to the background, but {why}: leave the mode at \
             `auto`, or put an init before it\n"
        );
        assert_eq!(finished.stderr, whole);
        assert!(!sandbox.join(PIDFILE).exists());
    };
    refused(start(&sandbox).env("DAEMON_MODE", "background"), "DAEMON_MODE says so");
    let explicit = told(&sandbox, ["mode=background", "notify"]);
    refused(explicit, "the program says so (`mode`)");
    sandbox.assert_nothing_left();
}
