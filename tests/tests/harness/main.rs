//! The harness itself, on ordinary programs: what it says is so, and what it is told is done.

use std::{
    cell::Cell,
    ffi::OsStr,
    fs,
    panic::{self, AssertUnwindSafe},
    path::Path,
    sync::Once,
    time::Duration,
};

use daemon_tests::{
    CTRL_C, CTRL_Q, CTRL_S, CTRL_Z, Ids, Job, Limit, NOBODY, Process, Resource, Sandbox, Signal,
    SignalSet, Standard, Start, Systemd, is_root, skip,
};

daemon_tests::wing![self];

daemon_tests::tests![
    output_and_status_come_back,
    a_signal_shows_as_a_shell_shows_it,
    a_program_that_is_missing_is_named,
    stdin_can_be_written_and_closed,
    the_end_of_output_is_when_all_heirs_let_go,
    nothing_of_the_test_runner_is_inherited,
    the_environment_is_clean,
    the_environment_can_be_chosen,
    directory_and_umask_can_be_chosen,
    descriptors_leak_at_their_numbers,
    a_leaked_descriptor_may_be_above_the_limit,
    a_descriptor_can_be_passed_to_be_read,
    standard_descriptors_can_be_closed,
    standard_descriptors_can_be_files,
    signals_can_be_ignored_and_blocked,
    limits_can_be_chosen,
    a_prefix_runs_first,
    another_user_can_be_chosen,
    a_program_can_be_installed,
    what_a_start_lacks_is_said,
    a_system_call_can_be_made_to_fail,
    a_system_call_fails_without_root_too,
    without_a_terminal_there_is_none,
    a_terminal_gets_what_is_printed,
    a_foreground_job_has_the_terminal,
    a_background_job_does_not_have_the_terminal,
    a_session_leader_has_the_terminal,
    ctrl_c_interrupts,
    ctrl_z_stops_and_cont_continues,
    ctrl_s_holds_output_until_ctrl_q,
    a_hang_up_reaches_the_command,
    a_hang_up_reaches_the_shell_when_the_command_is_over,
    the_shell_takes_its_terminal_back,
    a_wait_ends_with_all_that_is_known,
    a_death_can_be_waited_for,
    a_zombie_is_dead,
    a_lock_is_seen,
    children_are_seen,
    a_pidfile_leads_to_its_process,
    a_foreign_number_in_a_pidfile_leads_nowhere,
    what_fled_is_killed_with_the_sandbox,
    what_fled_is_killed_after_a_panic_too,
    what_is_left_is_named,
    a_dropped_command_is_killed,
    a_skip_is_no_failure_unless_told,
    many_starts_at_once_do_not_disturb_each_other,
    a_machine_runs_systemd,
    a_machine_is_apart,
    a_machine_that_is_off_leaves_nothing,
];

/// A program that does nothing, to be looked at.
fn sleeper(sandbox: &Sandbox) -> Start<'_> {
    sandbox.start("sleep").arg("1000")
}

thread_local! {
    static PANIC_IS_EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// What a panic of this says; it does not appear in the output of the tests.
fn panic_of(act: impl FnOnce()) -> String {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !PANIC_IS_EXPECTED.get() {
                usual(info);
            }
        }));
    });
    PANIC_IS_EXPECTED.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(act));
    PANIC_IS_EXPECTED.set(false);
    let payload = result.expect_err("no panic");
    *payload.downcast::<String>().expect("a message")
}

fn output_and_status_come_back() {
    let sandbox = Sandbox::new();
    let finished = sandbox.shell("echo out; echo err >&2; exit 3").run();
    assert_eq!(finished.code(), 3);
    assert_eq!(finished.stdout, "out\n");
    assert_eq!(finished.stderr, "err\n");
    assert_eq!(finished.terminal, "");
    assert_eq!(finished.signal(), None);
}

fn a_signal_shows_as_a_shell_shows_it() {
    let sandbox = Sandbox::new();
    let mut command = sleeper(&sandbox).spawn();
    command.signal(Signal::SIGTERM);
    let finished = command.wait();
    assert_eq!(finished.code(), 143);
    assert_eq!(finished.signal(), Some(Signal::SIGTERM));
}

fn a_program_that_is_missing_is_named() {
    let sandbox = Sandbox::new();
    let message = panic_of(|| _ = sandbox.start("/nowhere/echod").run());
    assert_eq!(message, "exec for \"/nowhere/echod\": No such file or directory (os error 2)");
    let message = panic_of(|| _ = sandbox.start("no-such-program").run());
    assert!(message.contains("no program \"no-such-program\""), "{message}");
}

fn stdin_can_be_written_and_closed() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.start("cat").stdin(Standard::Pipe).spawn();
    command.write_stdin("hello\n");
    command.wait_for_text("hello\n");
    assert!(!command.has_ended());
    command.close_stdin();
    assert_eq!(command.wait().stdout, "hello\n");
}

fn the_end_of_output_is_when_all_heirs_let_go() {
    let sandbox = Sandbox::new().with_deadline(Duration::from_millis(500));
    let mut command = sandbox.shell("sleep 1000 & exit 0").spawn();
    command.wait().expect_code(0);
    let message = panic_of(|| command.wait_for_end_of_output());
    assert!(message.contains("let go of stdout"), "{message}");
    sandbox.processes()[0].signal(Signal::SIGKILL);
    command.wait_for_end_of_output();
}

fn nothing_of_the_test_runner_is_inherited() {
    let sandbox = Sandbox::new();
    let command = sleeper(&sandbox).spawn();
    let process = command.process();
    let descriptors = process.descriptors();
    assert_eq!(descriptors.keys().copied().collect::<Vec<_>>(), [0, 1, 2], "{descriptors:?}");
    assert_eq!(descriptors[&0].target, Path::new("/dev/null"));
    assert!(descriptors[&1].is_pipe() && descriptors[&1].is_writable());
    assert!(descriptors[&2].is_pipe() && descriptors[&2].is_writable());
    assert!(process.ignored().is_empty(), "{:?}", process.ignored());
    assert!(process.blocked().is_empty(), "{:?}", process.blocked());
    assert_eq!(process.umask(), 0o022);
    assert_eq!(process.cwd(), sandbox.path());
    assert_eq!(process.root(), Path::new("/"));
    assert_eq!(process.comm(), "sleep");
    assert_eq!(process.command_line(), ["sleep", "1000"]);
    assert_eq!(process.threads(), 1);
    assert_eq!(process.limit("Max core file size").soft, Some(0));
    assert_eq!(process.limit("Max open files").soft, Some(1024));
    assert!(!process.no_new_privs());
    assert!(process.start_time() > 0);
}

fn the_environment_is_clean() {
    let sandbox = Sandbox::new();
    let command = sleeper(&sandbox).spawn();
    let environment = command.process().environment();
    let names: Vec<_> = environment.keys().map(|name| name.to_str().unwrap()).collect();
    assert_eq!(names, ["DAEMON_TESTS_ID", "HOME", "PATH"]);
    assert_eq!(environment[OsStr::new("HOME")], sandbox.home().as_os_str());
}

fn the_environment_can_be_chosen() {
    let sandbox = Sandbox::new();
    let start = sandbox.start("env").env("A", "b=c").env_remove("HOME").env_remove("PATH");
    let shown = start.run().stdout;
    let mark = format!("DAEMON_TESTS_ID={}\n", sandbox.path().display());
    assert_eq!(shown, format!("A=b=c\n{mark}"));
}

fn directory_and_umask_can_be_chosen() {
    let sandbox = Sandbox::new();
    let directory = sandbox.directory("somewhere/else", 0o755);
    let command = sleeper(&sandbox).current_dir(&directory).umask(0o027).spawn();
    assert_eq!(command.process().cwd(), directory);
    assert_eq!(command.process().umask(), 0o027);
}

fn descriptors_leak_at_their_numbers() {
    let sandbox = Sandbox::new();
    let command = sleeper(&sandbox).leak(3).leak_pipe(4).leak(63).leak_pipe(700).spawn();
    let descriptors = command.process().descriptors();
    let numbers: Vec<_> = descriptors.keys().copied().collect();
    assert_eq!(numbers, [0, 1, 2, 3, 4, 63, 700]);
    assert!(descriptors.values().all(|descriptor| !descriptor.is_close_on_exec()));
    assert!(descriptors[&4].is_pipe() && descriptors[&700].is_pipe());
    assert!(!descriptors[&3].is_pipe() && !descriptors[&3].is_socket());
}

fn a_leaked_descriptor_may_be_above_the_limit() {
    let sandbox = Sandbox::new();
    let command = sleeper(&sandbox).leak(900).limit(Resource::RLIMIT_NOFILE, 64, 64).spawn();
    assert!(command.process().descriptors().contains_key(&900));
    let limit = Limit { soft: Some(64), hard: Some(64) };
    assert_eq!(command.process().limit("Max open files"), limit);
}

fn a_descriptor_can_be_passed_to_be_read() {
    let sandbox = Sandbox::new();
    let file = fs::File::open(sandbox.file("config", 0o644, "port = 7\n")).unwrap();
    let finished = sandbox.start("cat").arg("/dev/fd/9").descriptor(9, file).run();
    assert_eq!(finished.stdout, "port = 7\n");
}

fn standard_descriptors_can_be_closed() {
    let sandbox = Sandbox::new();
    let start = sleeper(&sandbox).leak(5);
    let command = start.stdin(Standard::Closed).stderr(Standard::Closed).spawn();
    let numbers: Vec<_> = command.process().descriptors().into_keys().collect();
    assert_eq!(numbers, [1, 5]);
}

fn standard_descriptors_can_be_files() {
    let sandbox = Sandbox::new();
    let input = sandbox.file("input", 0o644, "read\n");
    let output = sandbox.file("output", 0o644, "kept\n");
    let start = sandbox.start("cat").stdin(Standard::File(input));
    start.stdout(Standard::File(output)).run().expect_code(0);
    assert_eq!(sandbox.read("output"), "kept\nread\n");
}

fn signals_can_be_ignored_and_blocked() {
    let sandbox = Sandbox::new();
    let start = sleeper(&sandbox).ignore(Signal::SIGHUP).ignore(Signal::SIGPIPE);
    let command = start.block(Signal::SIGTERM).block(Signal::SIGINT).spawn();
    let process = command.process();
    assert_eq!(process.ignored(), SignalSet::from([Signal::SIGHUP, Signal::SIGPIPE]));
    assert_eq!(process.blocked(), SignalSet::from([Signal::SIGTERM, Signal::SIGINT]));
    assert!(process.caught().is_empty());
}

fn limits_can_be_chosen() {
    let sandbox = Sandbox::new();
    let unlimited = libc::RLIM_INFINITY;
    let command = sleeper(&sandbox).limit(Resource::RLIMIT_FSIZE, 4096, unlimited).spawn();
    let limit = Limit { soft: Some(4096), hard: None };
    assert_eq!(command.process().limit("Max file size"), limit);
}

fn a_prefix_runs_first() {
    let sandbox = Sandbox::new();
    let command = sleeper(&sandbox).under(["nohup"]).spawn();
    sandbox.wait_until("nohup became sleep", || command.process().comm() == "sleep");
    assert_eq!(command.process().ignored(), SignalSet::from([Signal::SIGHUP]));
}

fn another_user_can_be_chosen() {
    let sandbox = Sandbox::new();
    let command = sleeper(&sandbox).user(NOBODY, NOBODY).spawn();
    let process = command.process();
    assert_eq!(process.users(), Ids::all(NOBODY));
    assert_eq!(process.groups(), Ids::all(NOBODY));
    assert_eq!(process.supplementary_groups(), [0; 0]);
    assert_eq!(process.capabilities().effective, 0);
    assert_eq!(process.capabilities().permitted, 0);

    let start = sandbox.shell("echo here > $HOME/file && id -G").user(NOBODY, NOBODY);
    let finished = start.supplementary_groups([4, 24]).run().expect_code(0);
    assert_eq!(finished.stdout, format!("{NOBODY} 4 24\n"));
}

fn a_program_can_be_installed() {
    let sandbox = Sandbox::new();
    let program = sandbox.install("/bin/echo");
    assert_eq!(program, sandbox.join("echo"));
    assert_eq!(sandbox.start(program).arg("here").run().stdout, "here\n");
}

fn what_a_start_lacks_is_said() {
    let sandbox = Sandbox::new();
    let message = panic_of(|| _ = sleeper(&sandbox).current_dir("/nowhere").run());
    assert!(message.starts_with("chdir for \"/usr/bin/sleep\": No such file"), "{message}");
    let message = panic_of(|| _ = sleeper(&sandbox).leak(1_000_000_000).run());
    assert!(message.starts_with("fcntl(F_DUPFD_CLOEXEC) for"), "{message}");
    let message = panic_of(|| _ = sleeper(&sandbox).stdin(Standard::Terminal).run());
    assert!(message.contains("Standard::Terminal comes with `terminal`"), "{message}");
}

fn a_system_call_can_be_made_to_fail() {
    let sandbox = Sandbox::new();
    let start = sandbox.shell("chmod 700 home; setsid true; echo 'all else works'");
    let start = start.fail(libc::SYS_fchmodat, libc::ENOSPC).fail(libc::SYS_setsid, libc::EMFILE);
    let finished = start.run().expect_code(0);
    assert!(finished.stderr.contains("'home': No space left on device"), "{finished:?}");
    assert!(finished.stderr.contains("setsid failed: Too many open files"), "{finished:?}");
    assert_eq!(finished.stdout, "all else works\n");
}

fn a_system_call_fails_without_root_too() {
    let sandbox = Sandbox::new();
    let start = sleeper(&sandbox).fail(libc::SYS_setsid, libc::EPERM);
    let start = if is_root() { start.user(NOBODY, NOBODY) } else { start };
    let command = start.spawn();
    assert!(command.process().no_new_privs());
    assert_eq!(command.process().status("Seccomp"), "2");
}

fn without_a_terminal_there_is_none() {
    let sandbox = Sandbox::new();
    let command = sleeper(&sandbox).spawn();
    assert_eq!(command.process().tty_nr(), 0);
    assert!(!command.process().is_session_leader());
    assert_eq!(command.process().sid(), command.process().ppid());
    sandbox.shell("exec < /dev/tty").run().expect_code(2);
}

fn a_terminal_gets_what_is_printed() {
    let sandbox = Sandbox::new();
    let line = "test -t 0 && test -t 1 && test -t 2 && echo first && echo second >&2; stty size";
    let finished = sandbox.shell(line).terminal().run().expect_code(0);
    assert_eq!(finished.terminal, "first\nsecond\n24 80\n");
    assert_eq!(finished.stdout, "");
}

fn a_foreground_job_has_the_terminal() {
    let sandbox = Sandbox::new();
    let command = sleeper(&sandbox).terminal().spawn();
    let process = command.process();
    assert_ne!(process.tty_nr(), 0);
    assert_eq!(process.pgid(), process.pid());
    assert_eq!(process.sid(), process.ppid());
    assert_eq!(foreground_group(process), process.pgid());
    assert!(process.descriptors().values().all(|descriptor| descriptor.is_terminal()));
}

fn a_background_job_does_not_have_the_terminal() {
    let sandbox = Sandbox::new();
    let command = sleeper(&sandbox).terminal_as(Job::Background).spawn();
    let process = command.process();
    assert_ne!(process.tty_nr(), 0);
    assert_eq!(process.pgid(), process.pid());
    assert_eq!(foreground_group(process), process.sid());
}

fn a_session_leader_has_the_terminal() {
    let sandbox = Sandbox::new();
    let command = sleeper(&sandbox).terminal_as(Job::SessionLeader).spawn();
    let process = command.process();
    assert_ne!(process.tty_nr(), 0);
    assert!(process.is_session_leader());
    assert_eq!(foreground_group(process), process.pid());
}

/// The foreground process group of its terminal.
fn foreground_group(process: &Process) -> i32 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", process.pid())).unwrap();
    stat.rsplit_once(") ").unwrap().1.split(' ').nth(5).unwrap().parse().unwrap()
}

fn ctrl_c_interrupts() {
    let sandbox = Sandbox::new();
    let mut command = sleeper(&sandbox).terminal().spawn();
    command.type_text(CTRL_C);
    let finished = command.wait();
    assert_eq!(finished.code(), 130);
    assert_eq!(finished.terminal, "^C");
}

fn ctrl_z_stops_and_cont_continues() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.start("cat").terminal().spawn();
    command.type_text(CTRL_Z);
    command.process().wait_until_stopped();
    command.signal(Signal::SIGCONT);
    command.type_text("again\n");
    command.wait_for_text("again\nagain\n");
}

fn ctrl_s_holds_output_until_ctrl_q() {
    let sandbox = Sandbox::new();
    let line = "read go; yes | head -c 200000; echo the end";
    let mut command = sandbox.shell(line).terminal().spawn();
    command.type_text(CTRL_S);
    command.type_text("\n");
    std::thread::sleep(Duration::from_millis(300));
    assert!(!command.terminal().contains('y'));
    assert!(!command.has_ended());
    command.type_text(CTRL_Q);
    command.wait_for_text("the end");
}

fn a_hang_up_reaches_the_command() {
    let sandbox = Sandbox::new();
    for job in [Job::Foreground, Job::SessionLeader] {
        let mut command = sandbox.shell("echo ready; exec sleep 1000").terminal_as(job).spawn();
        command.wait_for_text("ready");
        command.hang_up();
        let finished = command.wait();
        assert_eq!(finished.signal(), Some(Signal::SIGHUP), "{job:?}");
        assert_eq!(finished.terminal, "ready\n");
    }
}

fn a_hang_up_reaches_the_shell_when_the_command_is_over() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.shell("sleep 1000 & echo $!").terminal().spawn();
    let pid = command.wait().terminal.trim().parse().unwrap();
    let left = Process::find(pid).expect("it runs on");
    let shell = Process::find(left.sid()).expect("the shell is there");
    command.hang_up();
    shell.wait_for_death();
    sandbox.wait_until("the terminal is gone", || left.tty_nr() == 0);
}

fn the_shell_takes_its_terminal_back() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.shell("sleep 1000 & echo $!").terminal().spawn();
    let pid = command.wait().terminal.trim().parse().unwrap();
    let left = Process::find(pid).expect("it runs on");
    sandbox.wait_until("the shell is in front", || foreground_group(&left) == left.sid());
    command.type_text(CTRL_C);
    command.wait_for_text("^C");
    assert!(left.is_alive());
}

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

fn a_death_can_be_waited_for() {
    let sandbox = Sandbox::new();
    let command = sleeper(&sandbox).spawn();
    let process = Process::find(command.process().pid()).expect("it runs");
    assert!(process.is_alive());
    process.signal(Signal::SIGKILL);
    process.wait_for_death();
    assert!(panic_of(|| _ = process.ppid()).contains("is dead"));
}

fn a_zombie_is_dead() {
    let sandbox = Sandbox::new();
    sandbox.fifo("go");
    let mut command = sandbox.shell("cat go & echo $!; exec sleep 1000").spawn();
    command.wait_for_text("\n");
    // The shell becomes a program that waits for no child, and only then the child ends.
    command.process().wait_until("became sleep", |process| process.comm() == "sleep");
    sandbox.release("go");
    let pid: i32 = command.stdout().trim().parse().unwrap();
    sandbox.wait_until("it is a zombie", || {
        fs::read_to_string(format!("/proc/{pid}/stat")).unwrap().contains(") Z ")
    });
    assert!(Process::find(pid).is_none());
    assert_eq!(sandbox.processes().len(), 1);
}

fn a_lock_is_seen() {
    let sandbox = Sandbox::new();
    let command = sandbox.start("flock").args(["lock", "sleep", "1000"]).spawn();
    sandbox.wait_until("flock has the lock", || {
        command
            .process()
            .descriptors()
            .values()
            .any(|descriptor| descriptor.target == sandbox.join("lock") && descriptor.holds_flock())
    });
}

fn children_are_seen() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.shell("sleep 1000 & sleep 1000 & echo ready; wait").spawn();
    command.wait_for_text("ready");
    let children = command.process().children();
    assert_eq!(children.len(), 2);
    assert!(children.iter().all(|child| child.ppid() == command.process().pid()));
}

fn a_pidfile_leads_to_its_process() {
    let sandbox = Sandbox::new();
    let line = "sleep 0.1; sleep 1000 & echo $! > x.pid";
    sandbox.shell(line).stdout(Standard::Null).run().expect_code(0);
    let process = sandbox.process_in("x.pid");
    process.wait_until("became sleep", |process| process.comm() == "sleep");
}

fn a_foreign_number_in_a_pidfile_leads_nowhere() {
    let sandbox = Sandbox::new().with_deadline(Duration::from_millis(100));
    sandbox.file("x.pid", 0o644, &std::process::id().to_string());
    let message = panic_of(|| _ = sandbox.process_in("x.pid"));
    assert!(message.contains("x.pid holds the number of a process of ours"), "{message}");
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

fn a_machine_runs_systemd() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    machine.unit(
        "sleeps.service",
        "[Service]\nType=exec\nEnvironment=COLOUR=red\nExecStart=/bin/sleep 1000\n",
    );
    machine.unit("fails.service", "[Service]\nExecStart=/bin/sh -c 'echo oh dear >&2; exit 3'\n");
    assert_eq!(machine.show("sleeps.service", "ActiveState"), "inactive");
    machine.systemctl(["start", "sleeps", "fails"]).expect_code(0);

    let process = machine.only_process_of("sleeps.service");
    assert_eq!(process.comm(), "sleep");
    assert_eq!(process.environment()[OsStr::new("COLOUR")], "red");
    machine.systemctl(["stop", "sleeps"]).expect_code(0);
    assert!(!process.is_alive());
    assert!(machine.processes_of("sleeps.service").is_empty());

    machine.wait_until_shows("fails.service", "Result", "exit-code");
    assert_eq!(machine.show("fails.service", "ExecMainStatus"), "3");
    machine.systemctl(["start", "nobody-knows-it"]).expect_code(5);
    sandbox.wait_until("the journal has it", || {
        machine.journal("fails.service").contains("oh dear\n")
    });
    let message = panic_of(|| drop(machine.only_process_of("fails.service")));
    assert!(message.contains("not []") && message.contains("oh dear"), "{message}");
}

fn a_machine_is_apart() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    let hosts = Path::new("/var").join(sandbox.path().file_name().expect("a name"));
    let write = |path: &Path| {
        let line = format!("echo written > {}", path.display());
        machine.start("/bin/sh").arg("-c").arg(line).run().status.success()
    };
    assert!(write(&hosts) && machine.path(&hosts).exists() && !hosts.exists());
    assert!(write(&sandbox.join("shared")));
    assert_eq!(sandbox.read("shared"), "written\n");
    assert!(!write(Path::new("/proc/sys/kernel/hostname")));
    let interfaces = machine.start("ls").arg("/sys/class/net").run();
    assert_eq!(interfaces.stdout, "lo\n");
    assert_eq!(machine.start("cat").arg("/proc/1/comm").run().stdout, "systemd\n");
}

fn a_machine_that_is_off_leaves_nothing() {
    let sandbox = Sandbox::new();
    let machine = Systemd::boot(&sandbox);
    machine.unit("sleeps.service", "[Service]\nExecStart=/bin/sleep 1000\n");
    machine.systemctl(["start", "sleeps"]).expect_code(0);
    let process = machine.only_process_of("sleeps.service");
    let cgroup = fs::read_to_string(format!("/proc/{}/cgroup", process.pid())).expect("/proc");
    let name = sandbox.path().file_name().expect("a name").to_str().expect("a plain name");
    assert!(cgroup.contains(&format!("/{name}/system.slice/sleeps.service\n")), "{cgroup}");
    drop(machine);
    assert!(!process.is_alive());
    sandbox.assert_nothing_left();
    let find = sandbox.start("find").args(["/sys/fs/cgroup", "-maxdepth", "2", "-name", name]);
    assert_eq!(find.run().stdout, "");
}
