//! What a start chooses is what the program has, and nothing comes from the test runner.

use std::{ffi::OsStr, fs, path::Path, time::Duration};

use daemon_tests::{Ids, Limit, NOBODY, Resource, Sandbox, Signal, SignalSet, Standard, is_root};

use crate::{asleep, expected_panic::panic_of, sleeper};

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
    a_system_call_can_be_made_to_fail_with_some_arguments,
    a_system_call_fails_without_root_too,
];

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
    let command = asleep(sleeper(&sandbox));
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
    let command = asleep(sleeper(&sandbox).leak(3).leak_pipe(4).leak(63).leak_pipe(700));
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
    let command = asleep(start.stdin(Standard::Closed).stderr(Standard::Closed));
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

fn a_system_call_can_be_made_to_fail_with_some_arguments() {
    let sandbox = Sandbox::new();
    let start = sandbox.shell("kill -URG $$; kill -WINCH $$; setsid true; echo 'all else works'");
    let urgent = [(1, Signal::SIGURG as i32)];
    let start = start.fail_given(libc::SYS_kill, urgent, libc::EIO);
    // All have to be as they are given.
    let other = [(0, -1), (1, Signal::SIGWINCH as i32)];
    let finished = start.fail_given(libc::SYS_kill, other, libc::EIO).run().expect_code(0);
    assert_eq!(finished.stderr.matches("Input/output error").count(), 1, "{finished:?}");
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
