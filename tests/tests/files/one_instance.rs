//! Promise 11: of two starts at once exactly one wins, and the loser disturbs nothing of the winner's.

use std::{
    fs::{self, File, OpenOptions},
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::fs::{MetadataExt, OpenOptionsExt},
    },
    path::Path,
    thread,
};

use daemon_tests::{
    Finished, Gate, PIDFILE, Process, Running, Sandbox, Signal, Standard, Start, fixture, told,
};
use nix::{
    fcntl::{OFlag, open},
    mount::{MsFlags, mount},
    sched::{CloneFlags, unshare},
    sys::stat::Mode,
};

daemon_tests::tests![
    of_thirty_starts_at_once_one_wins,
    one_wins_while_the_daemon_before_ends,
    no_two_hold_the_file_that_is_at_the_path,
    the_loser_names_the_winner,
    the_loser_names_a_winner_that_it_cannot_look_into,
    the_loser_does_not_wait_for_a_file_system_that_the_winner_has_open,
    only_a_proven_number_is_named,
    a_number_that_was_forged_under_the_winner_is_not_named,
    the_loser_touches_nothing_of_the_winners,
    a_start_follows_at_once_on_the_end,
    a_start_loses_to_one_that_is_still_starting,
    a_second_launch_of_the_same_process_leaves_the_lock,
];

fn holder(sandbox: &Sandbox) -> Start<'_> {
    told(sandbox, ["notify"])
}

#[track_caller]
fn expect_already_running(finished: &Finished, holder: &str, sandbox: &Sandbox) {
    assert_eq!(finished.code(), 75, "{finished:?}");
    let path = sandbox.join(PIDFILE);
    let words = format!("does_as_told: already running: {holder} holds {}\n", path.display());
    assert_eq!(finished.stderr, words);
}

#[track_caller]
fn kill(process: &Process) {
    process.signal(Signal::SIGKILL);
    process.wait_for_death();
}

/// How these ended: the number of winners, after making sure that all others were told that one
/// runs already.
#[track_caller]
fn winners(starts: Vec<Running<'_>>) -> usize {
    let ends: Vec<_> = starts.into_iter().map(|mut start| start.wait()).collect();
    for end in &ends {
        let running = end.stderr.contains("does_as_told: already running: ");
        assert!(end.code() == 0 || end.code() == 75 && running, "{end:?}");
    }
    ends.iter().filter(|end| end.code() == 0).count()
}

fn of_thirty_starts_at_once_one_wins() {
    let sandbox = Sandbox::new();
    for end in [Signal::SIGKILL, Signal::SIGTERM, Signal::SIGKILL, Signal::SIGTERM] {
        let gate = Gate::closed(&sandbox);
        let starts = gate.with_starts(30, || holder(&sandbox));
        gate.open();
        assert_eq!(winners(starts), 1);

        let daemon = sandbox.process_in(PIDFILE);
        let left = sandbox.processes();
        assert_eq!(left.len(), 1, "the winner's daemon and nobody else: {left:?}");
        daemon.signal(end);
        daemon.wait_for_death();
    }
}

fn one_wins_while_the_daemon_before_ends() {
    let sandbox = Sandbox::new();
    for _ in 0..3 {
        let end = sandbox.fifo("end");
        let before = told(&sandbox, ["notify", "wait:end", "return:0"]).daemon();
        let gate = Gate::closed(&sandbox);
        let starts = gate.with_starts(20, || holder(&sandbox));
        // It removes its pidfile while the others look at it.
        gate.open();
        sandbox.release("end");
        let winners = winners(starts);
        before.wait_for_death();
        // All can have been too early.
        assert!(winners <= 1);
        let left = sandbox.processes();
        assert_eq!(left.len(), winners, "{left:?}");
        if winners == 1 {
            kill(&sandbox.process_in(PIDFILE));
        }
        fs::remove_file(sandbox.join(PIDFILE)).ok();
        fs::remove_file(end).expect("the FIFO");
    }
}

/// The inode of the file that a process has locked, which may have no name any more.
fn inode_of_lock(process: &Process) -> Option<u64> {
    let descriptors = process.descriptors();
    let (number, _) = descriptors.iter().find(|(_, descriptor)| descriptor.holds_flock())?;
    Some(fs::metadata(format!("/proc/{}/fd/{number}", process.pid())).ok()?.ino())
}

fn no_two_hold_the_file_that_is_at_the_path() {
    let sandbox = Sandbox::new();
    let path = sandbox.join(PIDFILE);
    let gate = Gate::closed(&sandbox);
    let starts = gate.with_starts(30, || holder(&sandbox));
    gate.open();
    // What no daemon can prevent: somebody takes its file away, and puts an empty one there.
    let taken_away = sandbox.directory("taken-away", 0o755);
    let aggressor = {
        let (path, taken_away) = (path.clone(), taken_away.clone());
        thread::spawn(move || {
            for round in 0..5000 {
                fs::rename(&path, taken_away.join(round.to_string())).ok();
                OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).ok();
            }
        })
    };
    for mut start in starts {
        let end = start.wait();
        let given_up = end.code() == 73 && end.stderr.contains("it is being replaced all the time");
        assert!(matches!(end.code(), 0 | 75) || given_up, "{end:?}");
    }
    aggressor.join().unwrap();

    // Who wrote his number into a file holds that very file, wherever its name went.
    let processes = sandbox.processes();
    for file in fs::read_dir(taken_away).unwrap().map(|entry| entry.unwrap().path()) {
        let content = fs::read_to_string(&file).unwrap();
        let writer = processes.iter().find(|process| content == format!("{}\n", process.pid()));
        if let Some(writer) = writer {
            let inode = fs::metadata(file).unwrap().ino();
            assert_eq!(inode_of_lock(writer), Some(inode), "{writer:?} wrote to another file");
        }
    }

    // Those of files that were taken away show under another name.
    let before = sandbox.holders_of(&path).len();
    assert!(before <= 1);
    // And for the next start that is what counts.
    holder(&sandbox).run().expect_code(if before == 1 { 75 } else { 0 });
    assert_eq!(sandbox.holders_of(&path).len(), 1);
    sandbox.wait_until("the file names its holder", || {
        let pid = sandbox.process_in(PIDFILE).pid();
        sandbox.read(PIDFILE) == format!("{pid}\n")
    });
}

fn the_loser_names_the_winner() {
    let sandbox = Sandbox::new();
    holder(&sandbox).run().expect_code(0);
    let winner = format!("pid {}", sandbox.process_in(PIDFILE).pid());
    for _ in 0..3 {
        expect_already_running(&holder(&sandbox).run(), &winner, &sandbox);
    }
}

fn forgeries(innocent: &Process) -> Vec<String> {
    let pid = innocent.pid();
    let forged = ["", "\n", "0\n", "-5\n", "-1", "99999999999\n", "garbage\n", "4194304\n", "\0\0"];
    let of_innocent =
        [format!("{pid}\n"), format!("{pid}"), format!("{pid}\n1\n"), format!("+{pid}\n")];
    forged.into_iter().map(str::to_owned).chain(of_innocent).collect()
}

/// By the lock that the kernel knows, as in a container or below `hidepid`.
fn the_loser_names_a_winner_that_it_cannot_look_into() {
    let sandbox = Sandbox::new();
    let winner = holder(&sandbox).daemon();
    let loser = holder(&sandbox).arg("mode=foreground");
    let loser = loser.where_mounted("mount -t tmpfs none /proc").run();
    expect_already_running(&loser, &format!("pid {}", winner.pid()), &sandbox);
}

/// A FUSE file system that answers nothing, as if its server hung, until this is dropped.
struct Unanswering {
    _server: File,
    /// Opening it this way asks the file system nothing.
    root: OwnedFd,
}

impl Unanswering {
    /// Mounts it in a mount namespace of a thread of its own, which outlives the thread as far as a
    /// descriptor refers to it. Skips the test where there is no FUSE.
    fn mounted_at(directory: &Path) -> Self {
        let server = OpenOptions::new().read(true).write(true).open("/dev/fuse");
        let server = server.unwrap_or_else(|error| {
            daemon_tests::skip!("needs root and FUSE: cannot open /dev/fuse: {error}")
        });
        let options = format!("fd={},rootmode=40000,user_id=0,group_id=0", server.as_raw_fd());
        let mounting = || {
            unshare(CloneFlags::CLONE_NEWNS)?;
            let nothing = None::<&str>;
            mount(nothing, "/", nothing, MsFlags::MS_REC | MsFlags::MS_PRIVATE, nothing)?;
            let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
            mount(Some("unanswering"), directory, Some("fuse"), flags, Some(&*options))?;
            open(directory, OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty())
        };
        match thread::scope(|scope| scope.spawn(mounting).join().expect("no panic")) {
            Ok(root) => Unanswering { _server: server, root },
            Err(errno) => daemon_tests::skip!("needs root and FUSE: cannot mount: {errno}"),
        }
    }
}

/// The holder is not a daemon of ours, whose lock of fcntl(2) would tell: its descriptors must be
/// looked through, and the one that would hang a stat(2) is the first.
fn the_loser_does_not_wait_for_a_file_system_that_the_winner_has_open() {
    let sandbox = Sandbox::new();
    let unanswering = Unanswering::mounted_at(&sandbox.directory("mounted", 0o755));
    let path = sandbox.file(PIDFILE, 0o600, "");
    let script = r#"exec 9>>"$1" && flock 9 && echo $$ >&9 && echo locked && exec sleep 1000"#;
    let holder_of_both = sandbox.start("sh").args(["-c", script, "sh"]).arg(&path);
    let root = unanswering.root.try_clone().expect("a descriptor");
    let mut holding = holder_of_both.stdin(Standard::Descriptor(root)).spawn();
    holding.wait_for_text("locked");
    let winner = format!("pid {}", holding.process().pid());
    expect_already_running(&holder(&sandbox).run(), &winner, &sandbox);
}

fn only_a_proven_number_is_named() {
    let sandbox = Sandbox::new();
    let innocent = sandbox.start("sleep").arg("1000").spawn();
    for forged in forgeries(innocent.process()) {
        let path = sandbox.file(PIDFILE, 0o600, &forged);
        let mut holding =
            sandbox.start("flock").arg(&path).args(["-c", "echo locked; sleep 1000"]).spawn();
        holding.wait_for_text("locked");
        expect_already_running(&holder(&sandbox).run(), "another process", &sandbox);
        assert_eq!(sandbox.read(PIDFILE), forged);
        drop(holding);
        for process in sandbox.processes() {
            if process.pid() != innocent.process().pid() {
                kill(&process);
            }
        }
    }
    assert!(innocent.process().is_alive());
}

fn a_number_that_was_forged_under_the_winner_is_not_named() {
    let sandbox = Sandbox::new();
    let winner = holder(&sandbox).daemon();
    let innocent = sandbox.start("sleep").arg("1000").spawn();
    for forged in forgeries(innocent.process()) {
        fs::write(sandbox.join(PIDFILE), forged).unwrap();
        expect_already_running(&holder(&sandbox).run(), "another process", &sandbox);
    }
    assert!(innocent.process().is_alive() && winner.is_alive());
}

/// All that a change of a file changes, and its content.
fn state(path: &Path) -> (Vec<i64>, Vec<u8>) {
    let it = fs::symlink_metadata(path).unwrap();
    let ids =
        [it.ino() as i64, it.mode().into(), it.uid().into(), it.gid().into(), it.nlink() as i64];
    let times = [it.mtime(), it.mtime_nsec(), it.ctime(), it.ctime_nsec()];
    ([&ids[..], &times].concat(), fs::read(path).unwrap())
}

fn the_loser_touches_nothing_of_the_winners() {
    let sandbox = Sandbox::new();
    let (pidfile, log) = (sandbox.join(PIDFILE), sandbox.join("daemon.log"));
    let logs = |log| told(&sandbox, [log, "print:holding", "notify"]);
    let winner = logs("stderr=@/daemon.log").daemon();
    let before = (state(&pidfile), state(&log), winner.start_time());
    for _ in 0..3 {
        logs("stderr=@/daemon.log").run().expect_code(75);
    }
    // Nor does one make a log of its own.
    logs("stderr=@/other.log").run().expect_code(75);
    assert!(!sandbox.join("other.log").exists());
    assert_eq!((state(&pidfile), state(&log), winner.start_time()), before);
}

fn a_start_follows_at_once_on_the_end() {
    let sandbox = Sandbox::new();
    for end in [Signal::SIGKILL, Signal::SIGTERM].into_iter().cycle().take(10) {
        let daemon = holder(&sandbox).daemon();
        // A loser in between leaves nothing in the way either.
        holder(&sandbox).run().expect_code(75);
        daemon.signal(end);
        daemon.wait_for_death();
    }
}

fn a_start_loses_to_one_that_is_still_starting() {
    let sandbox = Sandbox::new();
    let mut first = told(&sandbox, ["status:starting"]).spawn();
    first.wait_for_text("starting");
    let daemon = sandbox.process_in(PIDFILE);
    let winner = format!("pid {}", daemon.pid());
    expect_already_running(&holder(&sandbox).run(), &winner, &sandbox);
    assert!(daemon.is_alive());
    assert!(!first.has_ended());
    // The first start is not disturbed: it is still there to be cancelled, and cleans up.
    first.signal(Signal::SIGTERM);
    assert_eq!(first.wait().code(), 143);
    assert!(!sandbox.join(PIDFILE).exists());
    holder(&sandbox).run().expect_code(0);
}

/// By any descriptor of the file that it closes, it would lose the lock of fcntl(2) that names it.
fn a_second_launch_of_the_same_process_leaves_the_lock() {
    let sandbox = Sandbox::new();
    let words = ["mode=foreground", "again", "print:here", "notify"];
    let mut launched = sandbox.start(fixture!("launches")).args(words).spawn();
    launched.wait_for_text("here\n");
    let pid = launched.process().pid();
    assert!(launched.stderr().contains(&format!("again: already running: pid {pid} holds")));
    let loser = holder(&sandbox).where_mounted("mount -t tmpfs none /proc").arg("mode=foreground");
    expect_already_running(&loser.run(), &format!("pid {pid}"), &sandbox);
    launched.kill();
    // In the background there is no second launch at all.
    let start = sandbox.start(fixture!("launches")).args(["mode=background", "again", "exit:9"]);
    let ended = start.run().expect_code(9);
    let text = "again: cannot become a daemon: this process is one already";
    assert!(ended.stderr.contains(text), "{ended:?}");
}
