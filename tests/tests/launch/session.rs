//! Promise 6: the daemon leads no session, has no controlling terminal and cannot get one back, is
//! reparented by the time the command returns, and never has 0 to 2 closed.

use std::{
    fs,
    os::unix::fs::FileTypeExt,
    path::{Path, PathBuf},
};

use daemon_tests::{
    CTRL_C, Job, PIDFILE, Process, Sandbox, Signal, Standard, Start, answer_at, fixture, stays,
    told,
};
use nix::{
    fcntl::OFlag,
    libc::{self, EINVAL, ENOSYS, EPERM},
    pty::{PtyMaster, grantpt, posix_openpt, ptsname_r, unlockpt},
};

daemon_tests::tests![
    the_daemon_leads_no_session_and_has_no_terminal,
    opening_a_terminal_gives_it_none,
    a_session_leader_would_get_the_terminal,
    it_has_another_parent_once_the_command_has_returned,
    the_nearest_sub_reaper_is_its_parent,
    its_process_group_is_not_its_own,
    a_stopped_child_is_not_hung_up_on,
    a_stopped_child_is_not_hung_up_on_without_a_sub_reaper,
    it_outlives_the_terminal_and_the_shell,
    a_hang_up_as_the_command_returns_does_not_reach_it,
    standard_descriptors_are_open_whatever_the_caller_closed,
    standard_descriptors_are_open_whatever_the_program_closed,
    the_working_directory_and_the_umask_are_the_defaults,
    the_working_directory_and_the_umask_are_those_asked_for,
    without_a_sub_reaper_a_start_succeeds,
    without_a_sub_reaper_an_error_is_shown,
    without_a_sub_reaper_the_exit_status_is_the_daemons,
    without_a_sub_reaper_ctrl_c_cancels,
    without_a_sub_reaper_sigterm_cancels,
    without_a_sub_reaper_the_death_of_the_command_cancels,
    without_descriptors_to_wait_on_a_start_succeeds,
    without_descriptors_to_wait_on_an_error_is_shown,
    without_descriptors_to_wait_on_signals_cancel,
    without_any_of_them_a_start_succeeds_and_fails_truthfully,
    without_a_call_that_is_needed_the_refusal_says_which,
];

/// A daemon that says a status and is never ready.
fn warms_up(sandbox: &Sandbox) -> Start<'_> {
    told(sandbox, ["status:warming up"])
}

/// At a terminal, and not before the return key is typed: so the test can look at the command.
fn at_return_key(start: Start<'_>) -> Start<'_> {
    start.under(["/bin/sh", "-c", "read line; exec \"$@\"", "sh"]).terminal()
}

fn the_daemon_leads_no_session_and_has_no_terminal() {
    let sandbox = Sandbox::new();
    let mut command = at_return_key(stays(&sandbox)).spawn();
    let shells = command.process().sid();
    command.type_text("\n");
    command.wait().expect_code(0);
    let daemon = sandbox.process_in(PIDFILE);
    assert!(!daemon.is_session_leader(), "{daemon:?}");
    assert_ne!(daemon.sid(), shells, "{daemon:?}");
    assert_eq!(daemon.tty_nr(), 0, "{daemon:?}");
    // Nobody can come to lead it again: who leads a session began it.
    assert!(Process::find(daemon.sid()).is_none(), "{daemon:?}");
    sandbox.end(&daemon, Signal::SIGKILL);
}

/// A terminal that is nobody's controlling one, as long as the first of the two lives.
fn free_terminal() -> (PtyMaster, PathBuf) {
    let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    let master = posix_openpt(flags).expect("a pseudo-terminal");
    grantpt(&master).expect("grantpt");
    unlockpt(&master).expect("unlockpt");
    let path = PathBuf::from(ptsname_r(&master).expect("the terminal's name"));
    assert!(fs::metadata(&path).expect("a terminal").file_type().is_char_device());
    (master, path)
}

fn opening_a_terminal_gives_it_none() {
    let sandbox = Sandbox::new();
    let (_master, terminal) = free_terminal();
    let daemon = told(&sandbox, [&*format!("open:{}", terminal.display()), "notify"]).daemon();
    assert!(daemon.descriptors().values().any(|it| it.target == terminal), "{daemon:?}");
    assert_eq!(daemon.tty_nr(), 0, "{daemon:?}");
    sandbox.end(&daemon, Signal::SIGKILL);
}

/// The same where it does give one, or the test above would show nothing.
fn a_session_leader_would_get_the_terminal() {
    let sandbox = Sandbox::new();
    let (_master, terminal) = free_terminal();
    let mut command = sandbox
        .shell("exec 3<> \"$0\"; echo open; exec sleep 1000")
        .arg(&terminal)
        .under(["setsid"])
        .spawn();
    command.wait_for_text("open");
    assert_ne!(command.process().tty_nr(), 0, "{command:?}");
}

/// All that a process whose parents die can be given to.
fn ancestors(process: &Process) -> Vec<i32> {
    let mut ancestors = vec![1];
    let mut parent = process.ppid();
    while let Some(process) = Process::find(parent) {
        ancestors.push(parent);
        parent = process.ppid();
    }
    ancestors
}

fn it_has_another_parent_once_the_command_has_returned() {
    let sandbox = Sandbox::new();
    let mut command = at_return_key(stays(&sandbox)).spawn();
    let (command_pid, starter) = (command.process().pid(), command.process().ppid());
    let ancestors = ancestors(&Process::find(starter).expect("the command's parent"));
    command.type_text("\n");
    command.wait().expect_code(0);
    let daemon = sandbox.process_in(PIDFILE);
    assert_ne!(daemon.ppid(), command_pid);
    assert!(ancestors.contains(&daemon.ppid()), "{daemon:?}, not one of {ancestors:?}");
    sandbox.end(&daemon, Signal::SIGKILL);
}

/// And at once: the shell looks as soon as the command has returned.
fn the_nearest_sub_reaper_is_its_parent() {
    let sandbox = Sandbox::new();
    let finished = sandbox
        .shell("\"$0\" notify && grep PPid: /proc/$(cat \"$1\")/status && echo shell: $$")
        .args([fixture!("does_as_told"), PIDFILE])
        .under([fixture!("subreaper")])
        .run()
        .expect_code(0);
    let number = |key: &str| {
        let line = finished.stdout.lines().find_map(|line| line.strip_prefix(key));
        line.expect("a line of output").trim().to_owned()
    };
    assert_eq!(number("PPid:"), number("shell:"), "{finished:?}");
    sandbox.end(&sandbox.process_in(PIDFILE), Signal::SIGKILL);
}

fn its_process_group_is_not_its_own() {
    let sandbox = Sandbox::new();
    let daemon = stays(&sandbox).terminal().daemon();
    assert_ne!(daemon.pgid(), daemon.pid(), "{daemon:?}");
    assert_eq!(daemon.pgid(), daemon.sid(), "the group that setsid made: {daemon:?}");
    sandbox.end(&daemon, Signal::SIGKILL);
}

/// The kernel hangs up on a group that has a stopped process when it becomes orphaned: when the
/// parent of one of its processes, in another group of the same session, ends. See _exit(2).
fn is_not_hung_up_on(sandbox: &Sandbox, surroundings: impl Fn(Start<'_>) -> Start<'_>) {
    let start = surroundings(told(sandbox, ["command:sleep 1000", "stop-command", "notify"]));
    let daemon = start.daemon();
    let child = daemon.only_child();
    assert_eq!(child.state(), 'T', "{child:?}");
    assert_eq!(child.pgid(), daemon.pgid(), "{child:?}");
    child.signal(Signal::SIGKILL);
    sandbox.end(&daemon, Signal::SIGKILL);
}

fn a_stopped_child_is_not_hung_up_on() {
    let sandbox = Sandbox::new();
    is_not_hung_up_on(&sandbox, |start| start.terminal());
}

fn a_stopped_child_is_not_hung_up_on_without_a_sub_reaper() {
    let sandbox = Sandbox::new();
    is_not_hung_up_on(&sandbox, |start| start.terminal().fail(libc::SYS_prctl, EPERM));
}

/// What the daemon answers where it said that it listens.
fn answer(said: &str) -> String {
    let (_, address) = said.trim_end().rsplit_once("listening on ").expect("an address");
    answer_at(address.parse().expect("an address"))
}

fn it_outlives_the_terminal_and_the_shell() {
    let sandbox = Sandbox::new();
    sandbox.file("answer", 0o644, "still here");
    let mut command = sandbox.start(fixture!("answers")).arg("open:answer").terminal().spawn();
    let finished = command.wait().expect_code(0);
    let daemon = sandbox.process_in(PIDFILE);
    command.hang_up();
    assert_eq!(answer(&finished.terminal), "still here");
    drop(command);
    assert_eq!(answer(&finished.terminal), "still here");
    assert_eq!(sandbox.processes().len(), 1, "{:?}", sandbox.processes());
    sandbox.end(&daemon, Signal::SIGKILL);
}

/// `xterm -e echod`: the command leads the terminal's session, and its exit is the hang-up.
fn a_hang_up_as_the_command_returns_does_not_reach_it() {
    let sandbox = Sandbox::new();
    sandbox.file("answer", 0o644, "still here");
    let start = sandbox.start(fixture!("answers")).arg("open:answer");
    let finished = start.terminal_as(Job::SessionLeader).run().expect_code(0);
    assert_eq!(answer(&finished.terminal), "still here");
    sandbox.end(&sandbox.process_in(PIDFILE), Signal::SIGKILL);
}

fn standard_descriptors_are_open_whatever_the_caller_closed() {
    for closed in 0..8 {
        let sandbox = Sandbox::new();
        let standard = |number: u8, open| match closed & (1 << number) {
            0 => open,
            _ => Standard::Closed,
        };
        let start = stays(&sandbox)
            .stdin(standard(0, Standard::Pipe))
            .stdout(standard(1, Standard::Pipe))
            .stderr(standard(2, Standard::Pipe));
        let daemon = start.daemon();
        let descriptors = daemon.descriptors();
        for number in 0..=2 {
            let target = descriptors.get(&number).map(|it| it.target.as_path());
            assert_eq!(target, Some(Path::new("/dev/null")), "{number} of {closed:#b}");
        }
        sandbox.end(&daemon, Signal::SIGKILL);
    }
}

/// And none of them is the lock, the notification or anything else of the library's.
fn standard_descriptors_are_open_whatever_the_program_closed() {
    for (mode, closed) in (1..8).flat_map(|closed| [("background", closed), ("foreground", closed)])
    {
        let sandbox = Sandbox::new();
        let mode = format!("mode={mode}");
        let closes = (0..3).filter(|number| closed & (1 << number) != 0);
        let closes: Vec<_> = closes.map(|number| format!("closes={number}")).collect();
        let mut command = told(&sandbox, [&*mode]).args(&closes).arg("notify").spawn();
        sandbox.wait_until("the pidfile has a number", || {
            fs::read_to_string(sandbox.join(PIDFILE)).is_ok_and(|text| text.ends_with('\n'))
        });
        if mode == "mode=background" {
            command.wait().expect_code(0);
        }
        let daemon = sandbox.process_in(PIDFILE);
        // The second start knows the lock.
        told(&sandbox, ["mode=background", "notify"]).run().expect_code(75);
        let descriptors = daemon.descriptors();
        for number in 0..=2 {
            let is_null = descriptors[&number].target == Path::new("/dev/null");
            let is_ours = descriptors[&number].target == sandbox.join(PIDFILE);
            assert!(!is_ours, "{number} of {closes:?}: {descriptors:?}");
            if mode == "mode=background" || closed & (1 << number) != 0 {
                assert!(is_null, "{number} of {closes:?}: {descriptors:?}");
            }
        }
        daemon.signal(Signal::SIGKILL);
        drop(command);
        sandbox.assert_nothing_left();
    }
}

fn the_working_directory_and_the_umask_are_the_defaults() {
    let sandbox = Sandbox::new();
    let daemon = stays(&sandbox).umask(0o002).daemon();
    assert_eq!(daemon.cwd(), Path::new("/"));
    assert_eq!(daemon.umask(), 0o027);
    sandbox.end(&daemon, Signal::SIGKILL);
}

fn the_working_directory_and_the_umask_are_those_asked_for() {
    let sandbox = Sandbox::new();
    let asks = || sandbox.start(fixture!("asks_in_the_attribute"));
    let daemon = asks().daemon();
    assert_eq!(daemon.cwd(), Path::new("/usr"));
    assert_eq!(daemon.umask(), 0o077);
    // And the name.
    let second = asks().run().expect_code(75);
    assert!(second.stderr.starts_with("echod: already running: "), "{second:?}");
    sandbox.end(&daemon, Signal::SIGKILL);
}

/// A start succeeds, and leaves a daemon like any other.
fn succeeds(sandbox: &Sandbox, start: Start<'_>) {
    let mut command = at_return_key(start).spawn();
    let command_pid = command.process().pid();
    let shells = command.process().sid();
    command.type_text("\n");
    command.wait().expect_code(0);
    let daemon = sandbox.process_in(PIDFILE);
    assert_eq!(sandbox.processes().len(), 1, "the daemon alone: {:?}", sandbox.processes());
    assert!(!daemon.is_session_leader(), "{daemon:?}");
    assert_ne!(daemon.sid(), shells, "{daemon:?}");
    assert_eq!(daemon.tty_nr(), 0, "{daemon:?}");
    assert_ne!(daemon.ppid(), command_pid, "{daemon:?}");
    assert_ne!(daemon.ppid(), daemon.sid(), "the intermediate process is gone: {daemon:?}");
    assert_eq!(daemon.pgid(), daemon.sid(), "{daemon:?}");
    daemon.wait_until("has no pipe and no terminal open", |daemon| {
        daemon.descriptors().values().all(|it| !it.is_pipe() && !it.is_terminal())
    });
    command.hang_up();
    drop(command);
    assert!(daemon.is_alive());
    sandbox.end(&daemon, Signal::SIGKILL);
}

fn shows_the_error(sandbox: &Sandbox, without: impl Fn(Start<'_>) -> Start<'_>) {
    let finished = without(told(sandbox, ["error:no such backend"])).run().expect_code(1);
    assert!(finished.stderr.contains("Error: \"no such backend\"\n"), "{finished:?}");
    assert!(!sandbox.join(PIDFILE).exists());
    sandbox.assert_nothing_left();
}

fn shows_the_exit_status(sandbox: &Sandbox, without: impl Fn(Start<'_>) -> Start<'_>) {
    let finished =
        without(told(sandbox, ["print:no such backend", "return:42"])).run().expect_code(42);
    assert!(finished.stderr.contains("no such backend\n"), "{finished:?}");
    assert!(finished.stderr.contains("exited with status 42"), "{finished:?}");
    sandbox.assert_nothing_left();
}

fn is_cancelled(sandbox: &Sandbox, start: Start<'_>, how: &str, code: i32) {
    let mut command = start.terminal().spawn();
    command.wait_for_text("warming up");
    match how {
        "SIGINT" => command.type_text(CTRL_C),
        "SIGTERM" => command.signal(Signal::SIGTERM),
        other => panic!("no way to cancel by {other}"),
    }
    let finished = command.wait().expect_code(code);
    let reason = format!("start cancelled by {how}");
    assert!(finished.terminal.contains(&reason), "{finished:?}");
    assert!(!sandbox.join(PIDFILE).exists());
    drop(command);
    sandbox.assert_nothing_left();
}

fn without_a_sub_reaper_a_start_succeeds() {
    for errno in [EPERM, ENOSYS, EINVAL] {
        let sandbox = Sandbox::new();
        succeeds(&sandbox, stays(&sandbox).fail(libc::SYS_prctl, errno));
    }
}

fn without_a_sub_reaper_an_error_is_shown() {
    let sandbox = Sandbox::new();
    shows_the_error(&sandbox, |start| start.fail(libc::SYS_prctl, EPERM));
}

fn without_a_sub_reaper_the_exit_status_is_the_daemons() {
    let sandbox = Sandbox::new();
    shows_the_exit_status(&sandbox, |start| start.fail(libc::SYS_prctl, EPERM));
}

fn without_a_sub_reaper_ctrl_c_cancels() {
    let sandbox = Sandbox::new();
    let start = warms_up(&sandbox).fail(libc::SYS_prctl, EPERM);
    is_cancelled(&sandbox, start, "SIGINT", 130);
}

fn without_a_sub_reaper_sigterm_cancels() {
    let sandbox = Sandbox::new();
    let start = warms_up(&sandbox).fail(libc::SYS_prctl, EPERM);
    is_cancelled(&sandbox, start, "SIGTERM", 143);
}

fn without_a_sub_reaper_the_death_of_the_command_cancels() {
    let sandbox = Sandbox::new();
    let start = warms_up(&sandbox).fail(libc::SYS_prctl, EPERM);
    let mut command = start.spawn();
    command.wait_for_text("warming up");
    let daemon = sandbox.process_in(PIDFILE);
    command.signal(Signal::SIGKILL);
    command.wait().expect_code(137);
    daemon.wait_for_death();
    drop(command);
    sandbox.assert_nothing_left();
}

/// What the command waits on, and looks now and then without.
const TO_WAIT_ON: [libc::c_long; 2] = [libc::SYS_pidfd_open, libc::SYS_signalfd4];

fn without_descriptors_to_wait_on_a_start_succeeds() {
    for call in TO_WAIT_ON {
        let sandbox = Sandbox::new();
        succeeds(&sandbox, stays(&sandbox).fail(call, ENOSYS));
    }
}

fn without_descriptors_to_wait_on_an_error_is_shown() {
    for call in TO_WAIT_ON {
        let sandbox = Sandbox::new();
        shows_the_error(&sandbox, |start| start.fail(call, ENOSYS));
        shows_the_exit_status(&sandbox, |start| start.fail(call, ENOSYS));
    }
}

fn without_descriptors_to_wait_on_signals_cancel() {
    for call in TO_WAIT_ON {
        let sandbox = Sandbox::new();
        let start = || warms_up(&sandbox).fail(call, ENOSYS);
        is_cancelled(&sandbox, start(), "SIGINT", 130);
        is_cancelled(&sandbox, start(), "SIGTERM", 143);
    }
}

fn without_any(start: Start<'_>) -> Start<'_> {
    let others = [libc::SYS_prctl, libc::SYS_close_range, libc::SYS_memfd_create];
    let calls = TO_WAIT_ON.into_iter().chain(others);
    calls.fold(start, |start, call| start.fail(call, ENOSYS)).leak(10)
}

fn without_any_of_them_a_start_succeeds_and_fails_truthfully() {
    let sandbox = Sandbox::new();
    succeeds(&sandbox, without_any(stays(&sandbox)));
    shows_the_error(&sandbox, without_any);
    shows_the_exit_status(&sandbox, without_any);
    is_cancelled(&sandbox, without_any(warms_up(&sandbox)), "SIGINT", 130);
}

fn without_a_call_that_is_needed_the_refusal_says_which() {
    for (call, what) in [
        (libc::SYS_pipe2, "cannot make a pipe"),
        (libc::SYS_setsid, "cannot begin a session"),
        (libc::SYS_chdir, "cannot change to the directory /"),
    ] {
        let sandbox = Sandbox::new();
        let finished = stays(&sandbox).fail(call, ENOSYS).run();
        assert_ne!(finished.code(), 0, "{finished:?}");
        let refusal = format!("does_as_told: {what}: Function not implemented");
        assert!(finished.stderr.starts_with(&refusal), "{finished:?}");
        assert!(!sandbox.join(PIDFILE).exists());
        sandbox.assert_nothing_left();
    }
}
