//! Promise 23: a system call that fails at any step of the launch ends the start with a clear
//! failure: no panic, no hang, no exit status 0 without a daemon.

use std::{
    ffi::OsString,
    fs,
    os::unix::ffi::OsStringExt,
    path::{Path, PathBuf},
};

use daemon_tests::{
    CTRL_C, Finished, LINUX_ONLY, NOBODY, PIDFILE, Resource, STRANGER, Sandbox, Signal, Start,
    fixture, in_both_ways, told,
};
#[cfg(target_pointer_width = "32")]
use libc::SYS_fstatat64 as SYS_newfstatat;
#[cfg(target_pointer_width = "64")]
use libc::SYS_newfstatat;
use libc::{
    EAGAIN, EINVAL, EIO, EMFILE, ENOMEM, ENOSYS, EPERM, SYS_chdir, SYS_clone, SYS_clone3,
    SYS_close_range, SYS_dup3, SYS_fchmod, SYS_fcntl, SYS_flock, SYS_ftruncate, SYS_getdents64,
    SYS_ioctl, SYS_kill, SYS_memfd_create, SYS_openat, SYS_pidfd_open, SYS_pipe2, SYS_ppoll,
    SYS_prctl, SYS_pread64, SYS_rt_sigaction, SYS_rt_sigpending, SYS_rt_sigprocmask,
    SYS_rt_sigtimedwait, SYS_setsid, SYS_signalfd4, SYS_statx, SYS_unlinkat, SYS_wait4, SYS_write,
    c_int, c_long,
};

daemon_tests::tests![
    processes_cannot_be_made,
    the_session_cannot_be_begun,
    pipes_and_files_in_memory_cannot_be_made,
    a_start_does_without_the_calls_that_only_linux_has,
    a_start_does_without_a_signal_of_its_choice_from_a_pipe,
    descriptors_cannot_be_moved_or_closed,
    the_pidfile_cannot_be_opened_or_locked,
    the_pidfile_cannot_be_written_or_removed,
    nothing_can_be_looked_up,
    the_directory_cannot_be_changed,
    signals_cannot_be_set,
    nothing_can_be_waited_for,
    a_daemon_that_cannot_be_waited_for_ends_with_the_command,
    a_start_can_be_cancelled_where_nothing_can_be_waited_for,
    a_start_can_be_cancelled_where_signals_cannot_be_taken,
    a_daemon_that_cannot_let_go_of_the_command,
    leaked_descriptors_that_cannot_be_listed_refuse_the_start,
    a_foreground_that_fails_leaves_nothing,
    there_are_no_descriptors_to_be_had,
    there_are_no_processes_to_be_had,
    no_file_may_grow,
    there_is_little_memory,
    the_file_system_of_the_pidfile_is_full,
    the_file_system_of_the_log_is_full,
    the_file_system_is_read_only,
    the_directory_is_not_ours_to_write,
    there_is_no_proc,
    the_environment_is_hostile,
    the_command_line_is_hostile,
];

/// What each call fails with, in turn.
const ERRORS: [c_int; 6] = [EPERM, ENOSYS, EIO, EMFILE, ENOMEM, EAGAIN];

/// The steps of a daemon that starts.
const HOLDS: [&str; 2] = ["print:holding", "notify"];

/// The step of a daemon that does not.
const FAILS: [&str; 1] = ["error:as it was told to"];

/// The options for a pidfile and a log in `files`.
const IN_FILES: [&str; 2] = ["pidfile=@/files/daemon.pid", "stderr=@/files/daemon.log"];

/// The two files of a start.
struct Files<'a> {
    sandbox: &'a Sandbox,
    pidfile: PathBuf,
    log: PathBuf,
}

impl<'a> Files<'a> {
    fn new(sandbox: &'a Sandbox) -> Self {
        let directory = sandbox.directory("files", 0o755);
        let (pidfile, log) = (directory.join(PIDFILE), directory.join("daemon.log"));
        Self { sandbox, pidfile, log }
    }

    /// A daemon that says so in its log when it holds its pidfile.
    fn start(&self) -> Start<'a> {
        told(self.sandbox, HOLDS).args(IN_FILES)
    }

    /// Either there is a daemon that said it is ready and holds the lock, or the start failed, said
    /// why, and left neither a process nor a file behind. Says which.
    #[track_caller]
    fn expect_truth(&self, finished: &Finished, what: &str) -> bool {
        let Finished { stderr, .. } = finished;
        assert!(!stderr.contains("panicked at"), "{what}: {finished:?}");
        if finished.code() == 0 {
            let daemon = self.sandbox.process_in(&self.pidfile);
            let descriptors = daemon.descriptors();
            let mut of_pidfile = descriptors.values().filter(|fd| fd.target == self.pidfile);
            assert!(of_pidfile.any(|fd| fd.holds_flock()), "{what}: {descriptors:?}");
            let log = fs::read_to_string(&self.log).expect("a log");
            assert!(log.contains("holding"), "{what}: {log}");
            return true;
        }
        self.sandbox.assert_nothing_left();
        assert!(!stderr.is_empty(), "{what}: no reason: {finished:?}");
        assert!(!self.pidfile.exists(), "{what}: a pidfile is left: {finished:?}");
        // What the daemon said stays in its log; an empty one tells nobody anything.
        let log = fs::metadata(&self.log);
        assert!(log.map_or(true, |log| log.len() > 0), "{what}: a log is left: {finished:?}");
        false
    }
}

/// Starts daemons of which each of these calls fails with each error.
#[track_caller]
fn expect_truth_without(calls: &[(&str, c_long)]) {
    for &(name, call) in calls {
        for error in ERRORS {
            let sandbox = Sandbox::new();
            if sandbox.start(fixture!("empty")).fail(call, error).run().code() != 0 {
                continue;
            }
            if (call, error) == (SYS_flock, EAGAIN) {
                continue; // no fault: it says that another process holds the lock
            }
            let what = format!("{name} fails with errno {error}");
            let files = Files::new(&sandbox);
            let finished = files.start().leak(7).leak(9).fail(call, error).run();
            files.expect_truth(&finished, &what);

            // With a stale file, longer than any number, that it must not make worse than stale.
            let sandbox = Sandbox::new();
            let files = Files::new(&sandbox);
            fs::write(&files.pidfile, "stale ".repeat(10)).unwrap();
            let finished = files.start().fail(call, error).run();
            if finished.code() == 0 {
                let pid = sandbox.process_in(&files.pidfile).pid();
                assert_eq!(
                    fs::read_to_string(&files.pidfile).unwrap(),
                    format!("{pid}\n"),
                    "{what}"
                );
            } else {
                sandbox.assert_nothing_left();
            }
            assert!(!finished.stderr.contains("panicked at"), "{what}: {finished:?}");

            // And of one that fails by itself nothing makes a success.
            let sandbox = Sandbox::new();
            let finished = told(&sandbox, FAILS).fail(call, error).run();
            assert_ne!(finished.code(), 0, "{what}: {finished:?}");
            assert!(!finished.stderr.contains("panicked at"), "{what}: {finished:?}");
            sandbox.assert_nothing_left();
        }
    }
}

fn processes_cannot_be_made() {
    expect_truth_without(&[
        ("clone", SYS_clone),
        ("clone3", SYS_clone3),
        #[cfg(target_arch = "x86_64")]
        ("fork", libc::SYS_fork),
    ]);
}

fn the_session_cannot_be_begun() {
    expect_truth_without(&[("setsid", SYS_setsid), ("prctl", SYS_prctl)]);
}

fn pipes_and_files_in_memory_cannot_be_made() {
    expect_truth_without(&[("pipe2", SYS_pipe2), ("memfd_create", SYS_memfd_create)]);
    // The memory is for a daemon without a log. Where it is forbidden, another file does.
    for error in ERRORS {
        let sandbox = Sandbox::new();
        let start = told(&sandbox, HOLDS).fail(SYS_memfd_create, error);
        if [EMFILE, ENOMEM].contains(&error) {
            let finished = start.run().expect_code(71);
            assert!(finished.stderr.starts_with("does_as_told: cannot keep"), "{finished:?}");
            assert!(!sandbox.join(PIDFILE).exists());
            sandbox.assert_nothing_left();
        } else {
            start.daemon();
        }
    }
}

/// Each alone, and all of them.
fn without_linux_only() -> Vec<Vec<(&'static str, c_long)>> {
    let each = LINUX_ONLY.iter().map(|one| vec![*one]);
    each.chain([LINUX_ONLY.to_vec()]).collect()
}

/// With a failure that is told whole, a file in memory or not.
fn a_start_does_without_the_calls_that_only_linux_has() {
    for calls in without_linux_only() {
        for error in [ENOSYS, EPERM] {
            let without =
                |start| calls.iter().fold(start, |start: Start<'_>, it| start.fail(it.1, error));
            let what = format!("without {calls:?}, which fail with errno {error}");
            let sandbox = Sandbox::new();
            if without(sandbox.start(fixture!("empty"))).run().code() != 0 {
                continue;
            }
            let finished = without(told(&sandbox, ["notify:holding"]).leak(7)).run();
            assert_eq!(finished.code(), 0, "{what}: {finished:?}");
            let daemon = sandbox.process_in(PIDFILE);
            assert!(!daemon.descriptors().contains_key(&7), "{what}");
            let second = without(told(&sandbox, HOLDS)).run();
            assert_eq!(second.code(), 75, "{what}: {second:?}");
            sandbox.end(&daemon, Signal::SIGTERM);

            let finished = without(told(&sandbox, FAILS)).run();
            assert_eq!(finished.code(), 1, "{what}: {finished:?}");
            assert!(finished.stderr.contains("as it was told to"), "{what}: {finished:?}");
            sandbox.assert_nothing_left();

            let sandbox = Sandbox::new();
            let start = without(told(&sandbox, ["mode=foreground", "notify:holding"]));
            let mut foreground = start.spawn();
            foreground.wait_for_text("holding");
            foreground.signal(Signal::SIGTERM);
            foreground.wait();
        }
    }
}

/// `F_SETSIG` of fcntl(2) is one of them, too. The daemon still ends with its command.
fn a_start_does_without_a_signal_of_its_choice_from_a_pipe() {
    const F_SETSIG: c_int = 10;
    for error in [ENOSYS, EPERM, EINVAL] {
        let sandbox = Sandbox::new();
        let start = told(&sandbox, HOLDS).fail_given(SYS_fcntl, [(1, F_SETSIG)], error);
        start.daemon();
        let sandbox = Sandbox::new();
        let start = told(&sandbox, ["status:starting"]);
        let mut command = start.fail_given(SYS_fcntl, [(1, F_SETSIG)], error).spawn();
        command.wait_for_text("starting");
        command.signal(Signal::SIGKILL);
        command.wait();
        sandbox.assert_nothing_left();
    }
}

fn descriptors_cannot_be_moved_or_closed() {
    expect_truth_without(&[
        #[cfg(target_arch = "x86_64")]
        ("dup2", libc::SYS_dup2),
        ("dup3", SYS_dup3),
        ("fcntl", SYS_fcntl),
        ("close_range", SYS_close_range),
    ]);
}

fn the_pidfile_cannot_be_opened_or_locked() {
    expect_truth_without(&[("openat", SYS_openat), ("flock", SYS_flock), ("fchmod", SYS_fchmod)]);
}

fn the_pidfile_cannot_be_written_or_removed() {
    expect_truth_without(&[("ftruncate", SYS_ftruncate)]);
    // Where nothing can be written, nothing can be said; the exit status still says it.
    for error in ERRORS {
        let sandbox = Sandbox::new();
        let files = Files::new(&sandbox);
        let finished = files.start().fail(SYS_write, error).run();
        assert_ne!(finished.code(), 0, "{finished:?}");
        sandbox.assert_nothing_left();
        assert!(!files.pidfile.exists());
    }
    // And where nothing can be removed, what is left is in nobody's way.
    for call in [
        SYS_unlinkat,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_unlink,
    ] {
        let sandbox = Sandbox::new();
        told(&sandbox, FAILS).fail(call, EPERM).run().expect_code(1);
        sandbox.assert_nothing_left();
        told(&sandbox, HOLDS).run().expect_code(0);
    }
}

fn nothing_can_be_looked_up() {
    expect_truth_without(&[
        ("getdents64", SYS_getdents64),
        ("newfstatat", SYS_newfstatat),
        ("statx", SYS_statx),
        ("ioctl", SYS_ioctl),
        ("pread64", SYS_pread64),
    ]);
}

fn the_directory_cannot_be_changed() {
    expect_truth_without(&[("chdir", SYS_chdir)]);
}

fn signals_cannot_be_set() {
    expect_truth_without(&[
        ("rt_sigprocmask", SYS_rt_sigprocmask),
        ("rt_sigaction", SYS_rt_sigaction),
        ("rt_sigpending", SYS_rt_sigpending),
        ("rt_sigtimedwait", SYS_rt_sigtimedwait),
        ("signalfd4", SYS_signalfd4),
        ("kill", SYS_kill),
    ]);
}

fn nothing_can_be_waited_for() {
    expect_truth_without(&[
        ("pidfd_open", SYS_pidfd_open),
        ("ppoll", SYS_ppoll),
        #[cfg(target_arch = "x86_64")]
        ("poll", libc::SYS_poll),
    ]);
}

/// Where the command gives up, the daemon ends because the command does: too late to have its files
/// removed, but nobody is hindered by them.
fn a_daemon_that_cannot_be_waited_for_ends_with_the_command() {
    for error in ERRORS {
        let sandbox = Sandbox::new();
        let files = Files::new(&sandbox);
        let finished = files.start().fail(SYS_wait4, error).run();
        if finished.code() == 0 {
            assert!(files.expect_truth(&finished, "wait4"));
        } else {
            sandbox.assert_nothing_left();
            files.start().run().expect_code(0);
        }
    }
}

fn a_start_can_be_cancelled_where_nothing_can_be_waited_for() {
    for call in [
        SYS_pidfd_open,
        SYS_signalfd4,
        SYS_prctl,
        SYS_ppoll,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_poll,
    ] {
        // The standard library puts up with this error of poll(2).
        let error = ENOMEM;
        let sandbox = Sandbox::new();
        let mut command = told(&sandbox, ["status:starting"]).fail(call, error).spawn();
        command.wait_for_text("starting");
        command.signal(Signal::SIGTERM);
        assert_eq!(command.wait().signal(), Some(Signal::SIGTERM));
        sandbox.assert_nothing_left();
        assert!(!sandbox.join(PIDFILE).exists());
    }
}

/// A filter may know none of the calls that signals are taken with.
fn a_start_can_be_cancelled_where_signals_cannot_be_taken() {
    for calls in [
        &[SYS_rt_sigtimedwait][..],
        &[SYS_rt_sigpending, SYS_signalfd4],
        &[SYS_rt_sigtimedwait, SYS_signalfd4],
    ] {
        in_both_ways(&["status:starting"], |sandbox, start, _| {
            let start = calls.iter().fold(start.terminal(), |start, call| start.fail(*call, EPERM));
            let mut command = start.spawn();
            command.wait_for_text("starting");
            command.type_text(CTRL_C);
            let finished = command.wait();
            assert_eq!(finished.signal(), Some(Signal::SIGINT), "{calls:?}: {finished:?}");
            assert!(finished.terminal.contains("start cancelled by SIGINT"), "{finished:?}");
            assert!(!finished.terminal.contains("was killed"), "{calls:?}: {finished:?}");
            sandbox.assert_nothing_left();
            assert!(!sandbox.join(PIDFILE).exists());
        });
    }
}

/// The call that makes it outlive the command fails, and no other. Either the start fails, or it
/// outlives the command all the same.
fn a_daemon_that_cannot_let_go_of_the_command() {
    let letting_go = [(1, libc::F_SETFL), (2, libc::O_NONBLOCK)];
    let steps = ["note:begun", "notify", "wait:go", "note:lived-on"];
    for error in ERRORS {
        in_both_ways(&steps, |sandbox, start, supervisor| {
            let finished = start.fail_given(SYS_fcntl, letting_go, error).run();
            assert!(sandbox.join("begun").exists(), "{finished:?}");
            if finished.code() == 0 {
                // Whatever the command's end does to it has been done by now.
                sandbox.file("go", 0o644, "");
                sandbox.wait_until("it lives on", || sandbox.join("lived-on").exists());
            } else {
                assert!(finished.stderr.contains("cannot"), "{finished:?}");
                assert!(sandbox.processes().is_empty(), "{:?}", sandbox.processes());
                assert!(!sandbox.join(PIDFILE).exists());
                supervisor.assert_not_ready();
            }
        });
    }
}

fn leaked_descriptors_that_cannot_be_listed_refuse_the_start() {
    let sandbox = Sandbox::new();
    let files = Files::new(&sandbox);
    let finished = files.start().leak(7).fail(SYS_getdents64, EIO).run();
    let finished = finished.expect_code(71);
    assert!(
        finished.stderr.contains("cannot tell which descriptors were inherited"),
        "{finished:?}"
    );
    assert!(!files.expect_truth(&finished, "getdents64"));
}

fn a_foreground_that_fails_leaves_nothing() {
    for (call, code) in [
        (SYS_write, 73),
        (SYS_flock, 73),
        #[cfg(target_arch = "x86_64")]
        (libc::SYS_dup2, 71),
    ] {
        let sandbox = Sandbox::new();
        let files = Files::new(&sandbox);
        let foreground = told(&sandbox, ["mode=foreground", "notify:holding"]).args(IN_FILES);
        foreground.fail(call, EIO).run().expect_code(code);
        assert!(!files.pidfile.exists(), "call {call}");
        assert!(!files.log.exists(), "call {call}");
    }
}

fn there_are_no_descriptors_to_be_had() {
    let mut started = 0;
    for limit in 3..=16 {
        let sandbox = Sandbox::new();
        let empty = sandbox.start(fixture!("empty")).limit(Resource::RLIMIT_NOFILE, limit, limit);
        if empty.run().code() != 0 {
            continue;
        }
        let files = Files::new(&sandbox);
        let start = files.start().limit(Resource::RLIMIT_NOFILE, limit, limit);
        let ready = files.expect_truth(&start.run(), &format!("{limit} descriptors"));
        started += u32::from(ready);

        let sandbox = Sandbox::new();
        let start = told(&sandbox, ["pidfile=/nowhere/daemon.pid"]).args(FAILS);
        let finished = start.limit(Resource::RLIMIT_NOFILE, limit, limit).run();
        assert_ne!(finished.code(), 0);
        sandbox.assert_nothing_left();
    }
    assert!(started > 0, "not even with 16");
}

/// A user who has no process on this machine, so that the number of processes allowed is known.
const LONER: u32 = 54321;

fn there_are_no_processes_to_be_had() {
    for limit in 1..=4 {
        for (steps, options) in [(&HOLDS[..], &IN_FILES[..]), (&FAILS[..], &IN_FILES[..1])] {
            let sandbox = Sandbox::new();
            let files = Files::new(&sandbox);
            let program = sandbox.install(fixture!("does_as_told"));
            sandbox.owner("files", LONER, LONER);
            let start = sandbox.start(program).args(steps).args(options);
            let start = start.user(LONER, LONER).limit(Resource::RLIMIT_NPROC, limit, limit);
            let finished = start.run();
            let ready = files.expect_truth(&finished, &format!("{steps:?} with {limit} processes"));
            assert_eq!(ready, steps == HOLDS && limit > 2, "{limit}: {finished:?}");
            if limit <= 2 {
                assert_eq!(finished.code(), 71, "{finished:?}");
                assert!(finished.stderr.contains("cannot make a process"), "{finished:?}");
            }
        }
    }
}

fn no_file_may_grow() {
    let sandbox = Sandbox::new();
    let files = Files::new(&sandbox);
    let start = files.start().limit(Resource::RLIMIT_FSIZE, 0, 0);
    let finished = start.run();
    assert!(!files.expect_truth(&finished, "RLIMIT_FSIZE"));
    assert_eq!(finished.code(), 128 + Signal::SIGXFSZ as i32);
    assert!(finished.stderr.contains("SIGXFSZ"), "{finished:?}");
}

fn there_is_little_memory() {
    let sizes = (2..=32).map(|megabytes| (Resource::RLIMIT_AS, megabytes << 20));
    let stacks = [64, 128, 256, 1024].map(|kilobytes| (Resource::RLIMIT_STACK, kilobytes << 10));
    for (resource, limit) in sizes.chain(stacks) {
        let sandbox = Sandbox::new();
        let empty = sandbox.start(fixture!("empty")).limit(resource, limit, limit);
        // A larger program may be too large to be loaded, which is all that it does with this
        // variable; see ld.so(8). One that is linked statically knows no such variable.
        let loads = || {
            let start = sandbox.start(fixture!("does_as_told")).limit(resource, limit, limit);
            start.env("LD_TRACE_LOADED_OBJECTS", "1").run().code() == 0
        };
        if empty.run().code() != 0 || !(cfg!(target_env = "musl") || loads()) {
            continue;
        }
        let files = Files::new(&sandbox);
        let finished = files.start().limit(resource, limit, limit).run();
        // A program that is larger than the empty one may be too large for the standard library to
        // come as far as `main`.
        if !finished.stderr.contains("fatal runtime error: initialization") {
            files.expect_truth(&finished, &format!("{resource:?} of {limit}"));
        }
    }
}

/// Shows what is in the directory after a start.
fn listing(start: Start<'_>) -> Start<'_> {
    start.under(["sh", "-c", "\"$@\"; code=$?; ls files; exit $code", "sh"])
}

/// Tiny file systems that are full: one has no room for a byte, the other none for a file.
const FULL: [&str; 2] = [
    "mount -t tmpfs -o mode=755,size=4k tmpfs files && head -c 4096 /dev/zero >files/fill",
    "mount -t tmpfs -o mode=755,nr_inodes=2 tmpfs files && echo >files/fill",
];

fn the_file_system_of_the_pidfile_is_full() {
    for full in FULL {
        let sandbox = Sandbox::new();
        sandbox.directory("files", 0o755);
        let start = told(&sandbox, HOLDS).arg(IN_FILES[0]);
        let finished = listing(start).where_mounted(full).run().expect_code(73);
        assert!(finished.stderr.contains("No space left on device"), "{finished:?}");
        assert_eq!(finished.stdout, "fill\n");
        sandbox.assert_nothing_left();
    }
}

fn the_file_system_of_the_log_is_full() {
    for (full, code, left) in [(FULL[0], 0, "daemon.log\nfill\n"), (FULL[1], 73, "fill\n")] {
        let sandbox = Sandbox::new();
        sandbox.directory("files", 0o755);
        let start = told(&sandbox, HOLDS).arg(IN_FILES[1]);
        let finished = listing(start).where_mounted(full).run().expect_code(code);
        assert_eq!(finished.stdout, left);
        assert_eq!(sandbox.join(PIDFILE).exists(), code == 0);
        if code != 0 {
            assert!(finished.stderr.contains("No space left on device"), "{finished:?}");
            sandbox.assert_nothing_left();
        }
    }
}

fn the_file_system_is_read_only() {
    let sandbox = Sandbox::new();
    let files = Files::new(&sandbox);
    let start = files.start();
    let read_only = "mount -t tmpfs -o mode=755,ro tmpfs files";
    let finished = start.where_mounted(read_only).run().expect_code(73);
    assert!(finished.stderr.contains("Read-only file system"), "{finished:?}");
    sandbox.assert_nothing_left();
}

fn the_directory_is_not_ours_to_write() {
    let sandbox = Sandbox::new();
    let files = Files::new(&sandbox);
    sandbox.mode("files", 0o555);
    let start = sandbox.start(sandbox.install(fixture!("does_as_told"))).args(HOLDS).args(IN_FILES);
    let finished = start.user(NOBODY, NOBODY).run().expect_code(73);
    assert!(finished.stderr.contains("Permission denied"), "{finished:?}");
    files.expect_truth(&finished, "a directory that cannot be written");
}

fn there_is_no_proc() {
    for leaks in [false, true] {
        let sandbox = Sandbox::new();
        let files = Files::new(&sandbox);
        let start = files.start();
        let start = if leaks { start.leak(7) } else { start };
        let start = start.env("DAEMON_MODE", "background");
        let finished = start.where_mounted("mount -t tmpfs tmpfs /proc").run();
        if !files.expect_truth(&finished, "without /proc") {
            assert!(finished.stderr.contains("mount /proc"), "{finished:?}");
        }
    }
}

fn hostile_values() -> Vec<OsString> {
    let not_utf8 = OsString::from_vec(b"\xff\xfe/\x80".to_vec());
    let plain = ["", ".", "relative", "/", "-1", "0", "99999999999999999999", "\n", "%s%n", "a:b"];
    plain.into_iter().map(OsString::from).chain([not_utf8, "/x".repeat(50_000).into()]).collect()
}

fn the_environment_is_hostile() {
    for value in hostile_values() {
        let sandbox = Sandbox::new();
        let files = Files::new(&sandbox);
        let mut start = files.start();
        for name in ["PATH", "HOME", "XDG_STATE_HOME", "LISTEN_FDS", "LISTEN_PID", "TERM", "LANG"] {
            start = start.env(name, &value);
        }
        for name in ["RUNTIME_DIRECTORY", "LOGS_DIRECTORY", "SYSTEMD_EXEC_PID", "TMPDIR"] {
            start = start.env(name, &value);
        }
        let finished = start.leak(3).run();
        assert!(files.expect_truth(&finished, &format!("{value:?}")), "{finished:?}");

        // Where it decides on the place, a clear refusal will do.
        let sandbox = Sandbox::new();
        let start =
            sandbox.start(sandbox.install(fixture!("usual_places"))).user(STRANGER, STRANGER);
        let start = start.env("HOME", &value).env("XDG_STATE_HOME", &value);
        let finished = start.run();
        assert!(matches!(finished.code(), 73 | 78), "{value:?}: {finished:?}");
        assert!(finished.stderr.starts_with("usual_places: "), "{finished:?}");
        assert!(!finished.stderr.contains("panicked at"), "{finished:?}");
        sandbox.assert_nothing_left();
    }
}

fn the_command_line_is_hostile() {
    let sandbox = Sandbox::new();
    let named = |name: &str| {
        let script = format!("exec -a {name} \"$0\"");
        vec!["bash".into(), "-c".into(), OsString::from(script)]
    };
    let without = vec![sandbox.install(fixture!("without_arguments")).into_os_string()];
    for prefix in [without, named("''"), named(r"$'\xff\xfe'"), named("/../..")] {
        let sandbox = Sandbox::new();
        let program = sandbox.install(fixture!("usual_places"));
        let state = sandbox.directory("state", 0o777);
        let start = sandbox.start(program).under(prefix).user(NOBODY, NOBODY);
        start.env("XDG_STATE_HOME", &state).run().expect_code(0);
        // The name of the program's file, or of its process, is the caller's choice; ours is not.
        let pidfile = state.join("usual_places.pid");
        assert!(Path::new(&pidfile).exists());
        sandbox.process_in(pidfile);
    }
}
