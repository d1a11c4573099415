//! Promise 10: the pidfile is opened without following a link, locked for the daemon's life, readable by
//! its owner only, written before the command returns, and removed by its owner alone.

use std::{
    fs,
    os::unix::{
        fs::{FileTypeExt, MetadataExt, symlink},
        net::UnixListener,
    },
    path::{Path, PathBuf},
};

use daemon_tests::{
    Descriptor, NOBODY, PIDFILE, Process, Resource, Running, Sandbox, Signal, Start, fixture,
    in_the_systems_words, is_root, require_program, skip, told,
};
use nix::{sys::stat::Mode, unistd::mkfifo};

daemon_tests::tests![
    it_is_for_its_owner_only_whatever_the_umask,
    an_old_one_that_others_could_read_becomes_the_owners_only,
    another_user_cannot_take_the_lock,
    a_symbolic_link_is_not_followed,
    a_dangling_symbolic_link_is_not_followed,
    a_fifo_is_refused_at_once,
    a_directory_is_refused,
    a_socket_is_refused,
    at_the_limit_of_open_files_no_other_file_is_advised,
    a_file_with_a_second_link_is_refused,
    a_file_of_another_user_is_refused,
    it_holds_the_number_and_nothing_else,
    a_file_with_other_content_is_refused,
    the_foreground_holds_one_too,
    the_daemon_holds_the_lock_and_cannot_write,
    the_number_of_a_living_process_is_no_obstacle,
    a_child_of_the_daemon_does_not_keep_the_lock,
    it_is_removed_at_a_normal_exit,
    a_child_of_a_child_keeps_what_is_its_own,
    a_child_that_exits_does_not_remove_it,
    a_file_that_replaced_it_is_not_removed,
    a_daemon_that_has_closed_its_lock_removes_nothing_of_the_next,
    what_a_killed_daemon_leaves_is_harmless,
    a_start_that_fails_removes_it,
    a_start_that_is_cancelled_removes_it,
    a_daemon_that_is_killed_while_it_starts_leaves_none,
    a_command_that_is_killed_leaves_none_that_matters,
    where_files_have_no_modes_it_is_refused_for_that_reason,
    on_nfs_it_is_locked_too,
    on_nfs_a_child_of_the_daemon_does_not_keep_the_lock,
    on_nfs_one_of_two_starts_at_once_wins,
    on_nfs_a_start_that_fails_removes_it,
    the_usual_places_of_root,
    a_usual_place_of_root_that_is_missing_is_made_for_everybody_to_enter,
    a_usual_place_that_systemd_names_is_not_made_in_a_directory_of_a_users,
    the_usual_places_of_a_user,
    the_usual_places_of_a_user_with_an_odd_umask,
    the_state_home_of_a_user,
    the_directories_that_systemd_gives,
    directories_that_systemd_gave_to_another_process,
    a_directory_of_its_own_for_a_test,
    a_directory_of_its_own_moves_a_usual_log_in_the_foreground,
    a_directory_of_its_own_moves_no_path,
    a_directory_of_its_own_that_others_can_write_is_refused_to_root,
    a_directory_of_its_own_that_is_relative_is_refused,
];

/// Starts a daemon, which must succeed.
#[track_caller]
fn start_holder(sandbox: &Sandbox) -> Process {
    holder(sandbox).run().expect_code(0);
    sandbox.process_in(PIDFILE)
}

fn holder(sandbox: &Sandbox) -> Start<'_> {
    told(sandbox, ["notify"])
}

/// A daemon that is not ready yet.
fn starting(sandbox: &Sandbox) -> Running<'_> {
    let mut command = told(sandbox, ["status:starting"]).spawn();
    command.wait_for_text("starting");
    command
}

/// That a start is refused for this reason, and leaves no process.
#[track_caller]
fn expect_refused(sandbox: &Sandbox, reason: &str) {
    let finished = holder(sandbox).run().expect_code(73);
    assert!(finished.stderr.contains(reason), "{finished:?}");
    sandbox.assert_nothing_left();
}

/// The permission bits, all twelve.
fn mode(path: impl AsRef<Path>) -> u32 {
    fs::metadata(path).expect("a file").mode() & 0o7777
}

fn it_is_for_its_owner_only_whatever_the_umask() {
    for umask in [0, 0o022, 0o077, 0o777] {
        let sandbox = Sandbox::new();
        holder(&sandbox).umask(umask).run().expect_code(0);
        assert_eq!(mode(sandbox.join(PIDFILE)), 0o600, "with umask {umask:o}");
        let metadata = fs::symlink_metadata(sandbox.join(PIDFILE)).unwrap();
        assert!(metadata.is_file());
        assert_eq!(metadata.nlink(), 1);
    }
    // Root may open what it may not read; others may not.
    if is_root() {
        let sandbox = Sandbox::new();
        sandbox.directory("own", 0o755);
        sandbox.owner("own", NOBODY, NOBODY);
        let program = sandbox.install(fixture!("does_as_told"));
        let start = sandbox.start(program).args(["pidfile=@/own/daemon.pid", "notify"]);
        start.user(NOBODY, NOBODY).umask(0o777).run().expect_code(0);
        assert_eq!(mode(sandbox.join("own/daemon.pid")), 0o600);
    }
}

fn an_old_one_that_others_could_read_becomes_the_owners_only() {
    let sandbox = Sandbox::new();
    for old in [0o644, 0o666, 0o400, 0o4711] {
        let pidfile = sandbox.file(PIDFILE, old, "1\n");
        let inode = fs::metadata(&pidfile).unwrap().ino();
        let daemon = start_holder(&sandbox);
        assert_eq!(mode(&pidfile), 0o600, "before it was {old:o}");
        assert_eq!(fs::metadata(&pidfile).unwrap().ino(), inode);
        daemon.signal(Signal::SIGKILL);
        daemon.wait_for_death();
    }
}

fn another_user_cannot_take_the_lock() {
    let sandbox = Sandbox::new();
    sandbox.file(PIDFILE, 0o644, "");
    let daemon = start_holder(&sandbox);
    daemon.signal(Signal::SIGKILL);
    daemon.wait_for_death();
    // While nobody holds it: whoever could open it could take it.
    let lock = sandbox.start("flock").arg("-n").arg(sandbox.join(PIDFILE)).arg("true");
    let finished = lock.user(NOBODY, NOBODY).run();
    assert_ne!(finished.code(), 0);
    assert!(finished.stderr.contains("Permission denied"), "{finished:?}");
}

fn a_symbolic_link_is_not_followed() {
    let sandbox = Sandbox::new();
    let victim = sandbox.file("victim", 0o644, "precious\n");
    let before = fs::metadata(&victim).unwrap();
    symlink(&victim, sandbox.join(PIDFILE)).unwrap();
    expect_refused(&sandbox, "it is a symbolic link, which is not followed");
    let after = fs::metadata(&victim).unwrap();
    assert_eq!(sandbox.read("victim"), "precious\n");
    // The change of anything, be it mode or owner, changes this time.
    assert_eq!((after.ctime(), after.ctime_nsec()), (before.ctime(), before.ctime_nsec()));
    assert!(fs::symlink_metadata(sandbox.join(PIDFILE)).unwrap().is_symlink());
}

fn a_dangling_symbolic_link_is_not_followed() {
    let sandbox = Sandbox::new();
    symlink(sandbox.join("target"), sandbox.join(PIDFILE)).unwrap();
    expect_refused(&sandbox, "it is a symbolic link, which is not followed");
    assert!(!sandbox.join("target").exists());
}

fn a_fifo_is_refused_at_once() {
    let sandbox = Sandbox::new();
    mkfifo(&sandbox.join(PIDFILE), Mode::S_IRWXU).unwrap();
    expect_refused(&sandbox, "it is not a regular file");
    let kind = fs::symlink_metadata(sandbox.join(PIDFILE)).unwrap().file_type();
    assert!(kind.is_fifo());
}

fn at_the_limit_of_open_files_no_other_file_is_advised() {
    let sandbox = Sandbox::new();
    let start = told(&sandbox, ["notify"]).limit(Resource::RLIMIT_NOFILE, 4, 4);
    let finished = start.run().expect_code(73);
    let said = in_the_systems_words("{EMFILE}: raise the limit of open files, `ulimit -n`\n");
    assert!(finished.stderr.ends_with(&said), "{finished:?}");
}

fn a_directory_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.directory(PIDFILE, 0o755);
    expect_refused(&sandbox, "it is not a regular file");
    assert_eq!(mode(sandbox.join(PIDFILE)), 0o755);
}

fn a_socket_is_refused() {
    let sandbox = Sandbox::new();
    let _listener = UnixListener::bind(sandbox.join(PIDFILE)).unwrap();
    expect_refused(&sandbox, "cannot create the pidfile");
    let kind = fs::symlink_metadata(sandbox.join(PIDFILE)).unwrap().file_type();
    assert!(kind.is_socket());
}

fn a_file_with_a_second_link_is_refused() {
    let sandbox = Sandbox::new();
    let victim = sandbox.file("victim", 0o644, "precious\n");
    fs::hard_link(&victim, sandbox.join(PIDFILE)).unwrap();
    expect_refused(&sandbox, "it has 2 links");
    assert_eq!(sandbox.read("victim"), "precious\n");
    assert_eq!(mode(victim), 0o644);
}

fn a_file_of_another_user_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.file(PIDFILE, 0o666, "1\n");
    let pidfile = sandbox.owner(PIDFILE, NOBODY, NOBODY);
    expect_refused(&sandbox, "it belongs to uid 65534");
    assert_eq!(sandbox.read(PIDFILE), "1\n");
    assert_eq!((fs::metadata(&pidfile).unwrap().uid(), mode(&pidfile)), (NOBODY, 0o666));
}

fn it_holds_the_number_and_nothing_else() {
    let long = "1234567890\n".repeat(5);
    for stale in [
        None,
        Some(""),
        Some("1\n"),
        Some("4194304"),
        Some("-5"),
        Some(" 99999999999 \n\n"),
        Some(&long),
    ] {
        let sandbox = Sandbox::new();
        if let Some(stale) = stale {
            sandbox.file(PIDFILE, 0o600, stale);
        }
        holder(&sandbox).run().expect_code(0);
        // Read first: it was written before the command returned.
        let content = sandbox.read(PIDFILE);
        assert_eq!(content, format!("{}\n", sandbox.process_in(PIDFILE).pid()), "over {stale:?}");
    }
}

/// It was named by mistake, and is neither written over nor removed.
fn a_file_with_other_content_is_refused() {
    let numbers = "1234567890\n".repeat(1000);
    for content in ["[server]\nport = 7777\n", "x", "4242\nand more\n", &numbers] {
        let sandbox = Sandbox::new();
        sandbox.file(PIDFILE, 0o644, content);
        let finished = holder(&sandbox).run().expect_code(73);
        assert!(finished.stderr.contains("something other than a process number"), "{finished:?}");
        assert_eq!(sandbox.read(PIDFILE), content);
        assert_eq!(mode(sandbox.join(PIDFILE)), 0o644);
        sandbox.assert_nothing_left();
    }
}

fn the_foreground_holds_one_too() {
    let sandbox = Sandbox::new();
    let pidfile = sandbox.join(PIDFILE);
    let mut command = told(&sandbox, ["mode=foreground", "notify:holding"]).spawn();
    command.wait_for_text("holding");
    assert_eq!(sandbox.read(PIDFILE), format!("{}\n", command.process().pid()));
    expect_locked_for_reading(command.process(), &pidfile);
    holder(&sandbox).run().expect_code(75);
}

fn the_daemon_holds_the_lock_and_cannot_write() {
    let sandbox = Sandbox::new();
    let daemon = start_holder(&sandbox);
    expect_locked_for_reading(&daemon, &sandbox.join(PIDFILE));
    // The lock is the daemon's alone: nobody else has the file open, so it ends with the daemon.
    assert_eq!(sandbox.processes().len(), 1);
}

#[track_caller]
fn expect_locked_for_reading(daemon: &Process, pidfile: &Path) {
    let lock = expect_open_for_reading(daemon, pidfile);
    assert!(lock.holds_flock(), "{lock:?}");
}

/// By the daemon, once and for nothing else. Gives that descriptor.
#[track_caller]
fn expect_open_for_reading(daemon: &Process, pidfile: &Path) -> Descriptor {
    let descriptors = daemon.descriptors();
    let of_pidfile: Vec<_> = descriptors.values().filter(|fd| fd.target == pidfile).collect();
    let [lock] = of_pidfile[..] else { panic!("not one descriptor: {descriptors:?}") };
    assert!(!lock.is_writable(), "{lock:?}");
    assert!(lock.is_close_on_exec(), "{lock:?}");
    let directory = pidfile.parent().expect("an absolute path");
    assert!(descriptors.values().all(|fd| fd.target != directory), "{descriptors:?}");
    lock.clone()
}

fn the_number_of_a_living_process_is_no_obstacle() {
    let sandbox = Sandbox::new();
    let innocent = sandbox.start("sleep").arg("1000").spawn();
    sandbox.file(PIDFILE, 0o600, &format!("{}\n", innocent.process().pid()));
    let daemon = holder(&sandbox).daemon();
    assert_ne!(daemon.pid(), innocent.process().pid());
    daemon.signal(Signal::SIGTERM);
    daemon.wait_for_death();
    assert!(innocent.process().is_alive());
}

fn a_child_of_the_daemon_does_not_keep_the_lock() {
    for how in ["child-that-lives-on", "command:sleep 1000"] {
        let sandbox = Sandbox::new();
        let pidfile = sandbox.join(PIDFILE);
        let daemon = told(&sandbox, [how, "notify"]).daemon();
        let child = daemon.only_child();
        let open = child.descriptors();
        assert!(open.values().all(|fd| fd.target != pidfile), "{how}: {open:?}");
        daemon.signal(Signal::SIGKILL);
        daemon.wait_for_death();
        assert!(child.is_alive());
        holder(&sandbox).run().expect_code(0);
        assert!(child.is_alive());
    }
}

fn it_is_removed_at_a_normal_exit() {
    for how in ["return:0", "exit:3", "exit-on-a-thread:3", "panic:as it was told to"] {
        let sandbox = Sandbox::new();
        sandbox.fifo("end");
        let daemon = told(&sandbox, ["notify", "wait:end", how]).daemon();
        sandbox.release("end");
        daemon.wait_for_death();
        assert!(!sandbox.join(PIDFILE).exists(), "{how}");
    }
}

/// In a child the lock's number may stand for another file, which a child of its own is to have.
fn a_child_of_a_child_keeps_what_is_its_own() {
    let sandbox = Sandbox::new();
    let pidfile = sandbox.join(PIDFILE);
    told(&sandbox, ["child-that-forks", "notify"]).run().expect_code(0);
    expect_locked_for_reading(&sandbox.process_in(PIDFILE), &pidfile);
}

fn a_child_that_exits_does_not_remove_it() {
    let sandbox = Sandbox::new();
    let pidfile = sandbox.join(PIDFILE);
    told(&sandbox, ["child-that-exits", "notify"]).run().expect_code(0);
    expect_locked_for_reading(&sandbox.process_in(PIDFILE), &pidfile);
}

fn a_file_that_replaced_it_is_not_removed() {
    let sandbox = Sandbox::new();
    sandbox.fifo("end");
    let daemon = told(&sandbox, ["notify", "wait:end", "return:0"]).daemon();
    fs::rename(sandbox.file("other", 0o600, "another's\n"), sandbox.join(PIDFILE)).unwrap();
    sandbox.release("end");
    daemon.wait_for_death();
    assert_eq!(sandbox.read(PIDFILE), "another's\n");
}

fn a_daemon_that_has_closed_its_lock_removes_nothing_of_the_next() {
    let sandbox = Sandbox::new();
    sandbox.fifo("end");
    let words = ["notify", "close-descriptors", "note:closed", "wait:end", "return:0"];
    let first = told(&sandbox, words).daemon();
    sandbox.wait_until("it has closed its lock", || sandbox.join("closed").exists());
    let next = start_holder(&sandbox);
    sandbox.release("end");
    first.wait_for_death();
    assert_eq!(sandbox.read(PIDFILE), format!("{}\n", next.pid()));
    told(&sandbox, ["notify"]).run().expect_code(75);
}

fn what_a_killed_daemon_leaves_is_harmless() {
    let sandbox = Sandbox::new();
    for _ in 0..3 {
        let daemon = start_holder(&sandbox);
        daemon.signal(Signal::SIGKILL);
        daemon.wait_for_death();
        assert_eq!(sandbox.read(PIDFILE), format!("{}\n", daemon.pid()));
    }
}

fn a_start_that_fails_removes_it() {
    for (step, code) in [("error:as it was told to", 1), ("privileged=as it was told to", 71)] {
        let sandbox = Sandbox::new();
        let finished = told(&sandbox, [step]).run().expect_code(code);
        assert!(finished.stderr.contains("as it was told to"), "{finished:?}");
        assert!(!sandbox.join(PIDFILE).exists(), "{step}");
        sandbox.assert_nothing_left();
    }
}

fn a_start_that_is_cancelled_removes_it() {
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
        let sandbox = Sandbox::new();
        let mut command = starting(&sandbox);
        command.signal(signal);
        assert_eq!(command.wait().signal(), Some(signal));
        assert!(!sandbox.join(PIDFILE).exists());
        sandbox.assert_nothing_left();
    }
}

fn a_daemon_that_is_killed_while_it_starts_leaves_none() {
    let sandbox = Sandbox::new();
    let mut command = starting(&sandbox);
    sandbox.process_in(PIDFILE).signal(Signal::SIGKILL);
    assert_eq!(command.wait().code(), 128 + Signal::SIGKILL as i32);
    assert!(!sandbox.join(PIDFILE).exists());
    sandbox.assert_nothing_left();
}

fn a_command_that_is_killed_leaves_none_that_matters() {
    let sandbox = Sandbox::new();
    let mut command = starting(&sandbox);
    command.signal(Signal::SIGKILL);
    command.wait();
    sandbox.assert_nothing_left();
    start_holder(&sandbox);
}

/// A start of a daemon, with flock(2) as it is on NFS.
fn on_nfs<'a>(sandbox: &'a Sandbox, words: &[&str]) -> Start<'a> {
    let library = sandbox.join("flock.so");
    if !library.exists() {
        let compiler = require_program("cc", "gcc");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/preload/flock_as_on_nfs.c");
        let bits = if cfg!(target_arch = "x86") { &["-m32"][..] } else { &[] };
        let compile = sandbox.start(compiler).args(bits).args(["-shared", "-fPIC", source, "-o"]);
        compile.arg(&library).run().expect_code(0);
    }
    told(sandbox, words.iter().copied()).env("LD_PRELOAD", library)
}

/// Everybody whose home is there has it there.
fn on_nfs_it_is_locked_too() {
    let sandbox = Sandbox::new();
    let daemon = on_nfs(&sandbox, &["notify"]).daemon();
    assert_eq!(sandbox.read(PIDFILE), format!("{}\n", daemon.pid()));
    assert_eq!(mode(sandbox.join(PIDFILE)), 0o600);
    // And the daemon cannot change the number.
    let lock = expect_open_for_reading(&daemon, &sandbox.join(PIDFILE));
    assert!(lock.shares_flock(), "{lock:?}");
    for mode in ["mode=background", "mode=foreground"] {
        let second = on_nfs(&sandbox, &[mode, "notify"]).run().expect_code(75);
        let said = format!("already running: pid {} holds", daemon.pid());
        assert!(second.stderr.contains(&said), "{second:?}");
    }
    assert_eq!(sandbox.read(PIDFILE), format!("{}\n", daemon.pid()));
    assert_eq!(sandbox.processes().len(), 1);

    sandbox.end(&daemon, Signal::SIGKILL);
    let next = on_nfs(&sandbox, &["notify"]).daemon();
    assert_eq!(sandbox.read(PIDFILE), format!("{}\n", next.pid()));
}

fn on_nfs_a_child_of_the_daemon_does_not_keep_the_lock() {
    let sandbox = Sandbox::new();
    let daemon = on_nfs(&sandbox, &["child-that-lives-on", "notify"]).daemon();
    daemon.signal(Signal::SIGKILL);
    daemon.wait_for_death();
    on_nfs(&sandbox, &["notify"]).run().expect_code(0);
}

fn on_nfs_one_of_two_starts_at_once_wins() {
    let sandbox = Sandbox::new();
    for _ in 0..10 {
        let start = || on_nfs(&sandbox, &["notify"]).spawn();
        let mut starts = [start(), start(), start()];
        let mut codes = starts.each_mut().map(|start| start.wait().code());
        codes.sort_unstable();
        assert_eq!(codes, [0, 75, 75]);
        sandbox.end(&sandbox.process_in(PIDFILE), Signal::SIGTERM);
    }
}

fn on_nfs_a_start_that_fails_removes_it() {
    let sandbox = Sandbox::new();
    on_nfs(&sandbox, &["error:as it was told to"]).run().expect_code(1);
    assert!(!sandbox.join(PIDFILE).exists());
    let mut command = on_nfs(&sandbox, &["status:starting"]).spawn();
    command.wait_for_text("starting");
    sandbox.process_in(PIDFILE).signal(Signal::SIGKILL);
    assert_eq!(command.wait().code(), 128 + Signal::SIGKILL as i32);
    assert!(!sandbox.join(PIDFILE).exists());
}

/// As on vfat.
fn where_files_have_no_modes_it_is_refused_for_that_reason() {
    let sandbox = Sandbox::new();
    sandbox.file(PIDFILE, 0o755, "");
    let finished = holder(&sandbox).fail(libc::SYS_fchmod, libc::EPERM).run().expect_code(73);
    let path = sandbox.join(PIDFILE);
    assert_eq!(
        finished.stderr,
        format!(
            "does_as_told: cannot let its owner alone read the pidfile {}: Operation not permitted: \
             choose a pidfile on a file system where files have modes\n",
            path.display()
        )
    );
}

/// The start of `usual_places` with a `/run` and a `/var/log` of its own, both empty, in a private
/// mount namespace: nothing is left of them, and no daemon of the machine is in the way.
fn in_private_places(sandbox: &Sandbox) -> Start<'_> {
    let [run, log] =
        ["/run", "/var/log"].map(|it| format!("mount -t tmpfs -o mode=755 tmpfs {it}"));
    sandbox.start(fixture!("usual_places")).where_mounted(&format!("{run} && {log}"))
}

fn the_usual_places_of_root() {
    let sandbox = Sandbox::new();
    in_private_places(&sandbox).run().expect_code(0);
    let daemon = sandbox.only_process();
    let root = PathBuf::from(format!("/proc/{}/root", daemon.pid()));
    expect_usual_files(
        &daemon,
        &root.join("run/usual_places.pid"),
        &root.join("var/log/usual_places.log"),
    );
}

/// As on a machine whose /var is in memory and new at each start.
fn a_usual_place_of_root_that_is_missing_is_made_for_everybody_to_enter() {
    for umask in [0o022, 0o077, 0o177, 0o777] {
        let sandbox = Sandbox::new();
        let empty =
            "mount -t tmpfs -o mode=755 tmpfs /run && mount -t tmpfs -o mode=755 tmpfs /var";
        let start = sandbox.start(fixture!("usual_places")).umask(umask).where_mounted(empty);
        start.run().expect_code(0);
        let daemon = sandbox.only_process();
        let root = PathBuf::from(format!("/proc/{}/root", daemon.pid()));
        let metadata = fs::metadata(root.join("var/log")).expect("a directory");
        assert_eq!((metadata.mode() & 0o7777, metadata.uid()), (0o755, 0), "with {umask:o}");
        let log = root.join("var/log/usual_places.log");
        expect_usual_files(&daemon, &root.join("run/usual_places.pid"), &log);
    }
}

/// Not below a directory of somebody else's, where that could be anything by now.
fn a_usual_place_that_systemd_names_is_not_made_in_a_directory_of_a_users() {
    let sandbox = Sandbox::new();
    sandbox.directory("users", 0o755);
    let users = sandbox.owner("users", NOBODY, NOBODY);
    let become_it = "export SYSTEMD_EXEC_PID=$$; exec \"$@\"";
    let start = sandbox.start(fixture!("usual_places")).env("RUNTIME_DIRECTORY", users.join("a/b"));
    let finished = start.under(["sh", "-c", become_it, "sh"]).run().expect_code(73);
    assert!(finished.stderr.contains("No such file or directory"), "{finished:?}");
    assert!(!users.join("a").exists());
}

/// The pidfile holds the daemon's number, and the log both outputs, for its owner to write and its
/// group to read: 0666 without the daemon's umask, which is 027.
#[track_caller]
fn expect_usual_files(daemon: &Process, pidfile: &Path, log: &Path) {
    assert_eq!(fs::read_to_string(pidfile).unwrap(), format!("{}\n", daemon.pid()));
    assert_eq!(mode(pidfile), 0o600);
    assert_eq!(fs::read_to_string(log).unwrap(), "to stdout\nto stderr\n");
    assert_eq!(mode(log), 0o640);
}

/// `usual_places` as somebody who is not root.
fn as_plain_user(sandbox: &Sandbox) -> (Start<'_>, PathBuf) {
    let program = sandbox.install(fixture!("usual_places"));
    let start = sandbox.start(program);
    if is_root() {
        (start.user(NOBODY, NOBODY), sandbox.home_of(NOBODY, NOBODY))
    } else {
        (start, sandbox.home())
    }
}

fn the_usual_places_of_a_user() {
    let sandbox = Sandbox::new();
    let (start, home) = as_plain_user(&sandbox);
    // A relative path counts as none.
    start.env("XDG_STATE_HOME", "state").umask(0).run().expect_code(0);
    let state = home.join(".local/state");
    assert_eq!((mode(&state), mode(home.join(".local"))), (0o700, 0o700));
    let pidfile = state.join("usual_places.pid");
    let daemon = sandbox.process_in(&pidfile);
    let log = state.join("usual_places.log");
    expect_usual_files(&daemon, &pidfile, &log);
    daemon.signal(Signal::SIGTERM);
    daemon.wait_for_death();

    // The next one finds the directory, and appends.
    as_plain_user(&sandbox).0.run().expect_code(0);
    assert_eq!(fs::read_to_string(&log).unwrap(), "to stdout\nto stderr\n".repeat(2));
    assert!(!sandbox.join("state").exists());
}

/// It is for them alone, whatever the umask that they start it with.
fn the_usual_places_of_a_user_with_an_odd_umask() {
    for umask in [0o000, 0o177, 0o777] {
        let sandbox = Sandbox::new();
        let (start, home) = as_plain_user(&sandbox);
        start.umask(umask).run().expect_code(0);
        let state = home.join(".local/state");
        assert_eq!((mode(&state), mode(home.join(".local"))), (0o700, 0o700), "with {umask:o}");
        let pidfile = state.join("usual_places.pid");
        let log = state.join("usual_places.log");
        expect_usual_files(&sandbox.process_in(&pidfile), &pidfile, &log);
    }
}

fn the_state_home_of_a_user() {
    let sandbox = Sandbox::new();
    let (start, home) = as_plain_user(&sandbox);
    start.env("XDG_STATE_HOME", home.join("elsewhere/state")).run().expect_code(0);
    let pidfile = home.join("elsewhere/state/usual_places.pid");
    let daemon = sandbox.process_in(&pidfile);
    expect_usual_files(&daemon, &pidfile, &home.join("elsewhere/state/usual_places.log"));
    assert!(!home.join(".local").exists());
}

/// Directories as systemd gives them, to the process with this number in a shell's words: a start
/// in which that is `$$` becomes that process.
fn with_directories<'a>(sandbox: &Sandbox, start: Start<'a>, to: &str) -> Start<'a> {
    for name in ["given-run", "given-log"] {
        sandbox.directory(name, 0o777);
    }
    let given = |name: &str| format!("{}:/nowhere", sandbox.join(name).display());
    let become_it = format!("export SYSTEMD_EXEC_PID={to}; exec \"$@\"");
    start
        .env("RUNTIME_DIRECTORY", given("given-run"))
        .env("LOGS_DIRECTORY", given("given-log"))
        .under(["sh", "-c", &become_it, "sh"])
}

fn the_directories_that_systemd_gives() {
    let sandbox = Sandbox::new();
    let (start, home) = as_plain_user(&sandbox);
    with_directories(&sandbox, start, "$$").run().expect_code(0);
    let pidfile = sandbox.join("given-run/usual_places.pid");
    let daemon = sandbox.process_in(&pidfile);
    expect_usual_files(&daemon, &pidfile, &sandbox.join("given-log/usual_places.log"));
    assert!(!home.join(".local").exists());
}

fn directories_that_systemd_gave_to_another_process() {
    for other in ["1", "", "x", "-1"] {
        let sandbox = Sandbox::new();
        let (start, home) = as_plain_user(&sandbox);
        with_directories(&sandbox, start, other).run().expect_code(0);
        let pidfile = home.join(".local/state/usual_places.pid");
        let daemon = sandbox.process_in(&pidfile);
        expect_usual_files(&daemon, &pidfile, &home.join(".local/state/usual_places.log"));
    }
}

/// Two runs of one program, which would meet in /run and in the home directory.
fn a_directory_of_its_own_for_a_test() {
    let sandbox = Sandbox::new();
    for name in ["first", "second/a/b"] {
        let directory = sandbox.join(name);
        let start = sandbox.start(fixture!("usual_places")).env("DAEMON_DIRECTORY", &directory);
        start.env("XDG_STATE_HOME", sandbox.join("state")).run().expect_code(0);
        let pidfile = directory.join("usual_places.pid");
        let log = directory.join("usual_places.log");
        expect_usual_files(&sandbox.process_in(&pidfile), &pidfile, &log);
    }
    assert!(!sandbox.join("state").exists());
}

fn a_directory_of_its_own_moves_a_usual_log_in_the_foreground() {
    let sandbox = Sandbox::new();
    let directory = sandbox.directory("own", 0o755);
    let words = ["mode=foreground", "pidfile=usual", "stderr=usual", "print:a line", "notify"];
    let mut command = told(&sandbox, words).env("DAEMON_DIRECTORY", &directory).spawn();
    let log = directory.join("does_as_told.log");
    command.wait_until("has logged", |_| {
        fs::read_to_string(&log).is_ok_and(|text| text == "a line\n")
    });
    let daemon = sandbox.process_in(directory.join("does_as_told.pid"));
    assert_eq!(daemon.pid(), command.process().pid());
}

fn a_directory_of_its_own_moves_no_path() {
    let sandbox = Sandbox::new();
    let directory = sandbox.directory("own", 0o755);
    let start = told(&sandbox, ["stderr=@/named.log", "notify"]);
    start.env("DAEMON_DIRECTORY", &directory).run().expect_code(0);
    sandbox.process_in(PIDFILE);
    assert!(sandbox.join("named.log").exists());
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 0);
}

fn a_directory_of_its_own_that_others_can_write_is_refused_to_root() {
    if !is_root() {
        skip!("needs root: what root makes, and where, is the question");
    }
    let sandbox = Sandbox::new();
    let open = sandbox.directory("open", 0o1777);
    for (option, cannot, advice) in
        [("pidfile", "create the pidfile", ""), ("stderr", "open the log", ", or set `user`")]
    {
        let start = told(&sandbox, [&format!("{option}=usual"), "notify"]);
        let refused = start.env("DAEMON_DIRECTORY", &open).run().expect_code(73);
        let extension = if option == "pidfile" { "pid" } else { "log" };
        let message = format!(
            "does_as_told: cannot {cannot} {open}/does_as_told.{extension} (in DAEMON_DIRECTORY): \
             everybody can write {open}: choose a directory that only root can write{advice}\n",
            open = open.display()
        );
        assert_eq!(refused.stderr, message);
    }
    assert_eq!(fs::read_dir(&open).unwrap().count(), 0);
}

fn a_directory_of_its_own_that_is_relative_is_refused() {
    let sandbox = Sandbox::new();
    for mode in ["background", "foreground"] {
        let start = told(&sandbox, [&format!("mode={mode}"), "pidfile=usual", "notify"]);
        let refused = start.env("DAEMON_DIRECTORY", "target/tests").run().expect_code(78);
        let message = "does_as_told: DAEMON_DIRECTORY is \"target/tests\": set it to an absolute \
                       path, or unset it\n";
        assert_eq!(refused.stderr, message);
    }
    sandbox.assert_nothing_left();
}
