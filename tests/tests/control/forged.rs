//! Promise 31: a verb signals a process only if the kernel and the pidfile both name it: whatever is
//! in a pidfile, nobody else is touched.

use std::{fs, os::unix::fs::symlink};

use daemon_tests::{NOBODY, PIDFILE, Running, Sandbox, Signal, is_root, require_program, skip};

use crate::daemon::{runs, verb};

daemon_tests::tests![
    what_is_not_a_number_means_nobody,
    a_number_alone_proves_nothing,
    a_process_that_has_the_file_open_without_the_lock_is_not_it,
    a_file_that_names_another_than_its_holder_is_no_proof,
    the_file_of_another_daemon_behind_a_link_is_not_followed,
    a_file_with_two_links_is_no_proof,
    a_fifo_does_not_make_anybody_wait,
    a_file_that_was_replaced_means_nobody,
    a_recycled_number_is_not_it,
    the_daemon_of_a_container_with_a_file_of_that_name_is_not_it,
    where_proc_shows_other_numbers_it_proves_nothing,
    a_users_file_held_by_roots_process_is_no_proof,
    a_user_is_told_whose_file_it_is,
];

/// A process that nobody may signal.
fn victim(sandbox: &Sandbox) -> Running<'_> {
    sandbox.start("sleep").arg("1000").spawn()
}

/// Every verb that could signal, each with what it says and its status.
#[track_caller]
fn assert_nobody_is_signalled(sandbox: &Sandbox, status: [i32; 2]) {
    let mut victim = victim(sandbox);
    let before = all_processes(sandbox);
    for (words, status) in [
        (&["stop", "--timeout", "1", "--kill"][..], status[0]),
        (&["reload", "--timeout", "1"], status[1]),
    ] {
        let ended = verb(sandbox, words).run().expect_code(status);
        assert!(!ended.stdout.contains("stopped (pid"), "{ended:?}");
    }
    assert_eq!(all_processes(sandbox), before, "somebody was signalled");
    victim.signal(Signal::SIGKILL);
    victim.wait();
}

/// Their numbers and states.
fn all_processes(sandbox: &Sandbox) -> Vec<(i32, bool)> {
    let mut all: Vec<_> =
        sandbox.processes().iter().map(|it| (it.pid(), it.state() == 'T')).collect();
    all.sort_unstable();
    all
}

const NOT_RUNNING: [i32; 2] = [0, 7];
const UNPROVEN: [i32; 2] = [4, 4];

fn what_is_not_a_number_means_nobody() {
    let huge = "9".repeat(100_000);
    let forged = [
        "1",
        "1\n",
        "0\n",
        "-1\n",
        "-5\n",
        "",
        "\n",
        "4294967295\n",
        "4294967297\n",
        "\0\0\0\0",
        "1\0\n",
        "text\n",
        " 7\n",
        "+7\n",
        "0x1\n",
        &huge,
    ];
    for content in forged {
        let sandbox = Sandbox::new();
        sandbox.file(PIDFILE, 0o600, content);
        assert_nobody_is_signalled(&sandbox, NOT_RUNNING);
    }
}

fn a_number_alone_proves_nothing() {
    let sandbox = Sandbox::new();
    let victim = victim(&sandbox);
    for number in [victim.process().pid(), std::process::id() as i32] {
        sandbox.file(PIDFILE, 0o600, &format!("{number}\n"));
        assert_nobody_is_signalled(&sandbox, NOT_RUNNING);
    }
}

fn a_process_that_has_the_file_open_without_the_lock_is_not_it() {
    let sandbox = Sandbox::new();
    let line = "echo $$ > daemon.pid; exec 9< daemon.pid; echo open; exec sleep 1000";
    let mut victim = sandbox.shell(line).spawn();
    victim.wait_for_text("open");
    sandbox.mode(PIDFILE, 0o600);
    assert_nobody_is_signalled(&sandbox, NOT_RUNNING);
}

fn a_file_that_names_another_than_its_holder_is_no_proof() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["notify"]);
    let victim = victim(&sandbox);
    for content in [format!("{}\n", victim.process().pid()), "1\n".to_owned(), "x\n".to_owned()] {
        sandbox.file(PIDFILE, 0o600, &content);
        assert_nobody_is_signalled(&sandbox, UNPROVEN);
    }
    assert!(daemon.is_alive());
}

fn the_file_of_another_daemon_behind_a_link_is_not_followed() {
    let (sandbox, other) = (Sandbox::new(), Sandbox::new());
    let daemon = runs(&other, &["notify"]);
    symlink(other.join(PIDFILE), sandbox.join(PIDFILE)).expect("a link");
    assert_nobody_is_signalled(&sandbox, UNPROVEN);
    assert!(daemon.is_alive());
}

fn a_file_with_two_links_is_no_proof() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["notify"]);
    fs::hard_link(sandbox.join(PIDFILE), sandbox.join("second")).expect("a link");
    assert_nobody_is_signalled(&sandbox, UNPROVEN);
    assert!(daemon.is_alive());
}

fn a_fifo_does_not_make_anybody_wait() {
    let sandbox = Sandbox::new();
    sandbox.fifo(PIDFILE);
    assert_nobody_is_signalled(&sandbox, UNPROVEN);
}

fn a_file_that_was_replaced_means_nobody() {
    let sandbox = Sandbox::new();
    let daemon = runs(&sandbox, &["notify"]);
    let victim = victim(&sandbox);
    fs::remove_file(sandbox.join(PIDFILE)).expect("its name");
    sandbox.file(PIDFILE, 0o600, &format!("{}\n", victim.process().pid()));
    assert_nobody_is_signalled(&sandbox, NOT_RUNNING);
    assert!(daemon.is_alive());
}

/// In a process namespace of its own, where the next number can be chosen.
fn a_recycled_number_is_not_it() {
    if !is_root() {
        skip!("needs root: makes a process namespace");
    }
    require_program("unshare", "util-linux");
    let sandbox = Sandbox::new();
    let program = daemon_tests::fixture!("reloads");
    let script = format!(
        "set -e\n\
         {program} mode=background notify stop\n\
         read daemon < daemon.pid\n\
         kill -9 $daemon\n\
         while kill -0 $daemon 2>&-; do :; done\n\
         echo $((daemon - 1)) > /proc/sys/kernel/ns_last_pid\n\
         sleep 1000 & victim=$!\n\
         echo daemon $daemon victim $victim\n\
         {program} daemon stop --timeout 1 --kill\n\
         kill -0 $victim && echo alive\n\
         kill -9 $victim\n"
    );
    let script = sandbox.file("script", 0o600, &script);
    let unshare = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];
    let ended = sandbox.start("sh").under(unshare).arg(&script).run().expect_code(0);
    let words: Vec<_> = ended.stdout.split_whitespace().collect();
    if words.get(1) != words.get(3) {
        skip!("the number was not given again: {}", ended.stdout);
    }
    assert!(ended.stdout.contains("not running"), "{ended:?}");
    assert!(ended.stdout.ends_with("alive\n"), "{ended:?}");
}

/// In a container the same path leads to another file, and its daemon has the number that the host's
/// had, which has not removed its own.
fn the_daemon_of_a_container_with_a_file_of_that_name_is_not_it() {
    if !is_root() {
        skip!("needs root: mounts a file system");
    }
    let sandbox = Sandbox::new();
    let place = sandbox.directory("place", 0o755);
    let here = format!("here={}", place.display());
    let start = sandbox.start(daemon_tests::fixture!("reloads")).args(["mode=foreground", &here]);
    let start = start.args(["notify", "say:ready", "stop"]);
    let mount = format!("mount -t tmpfs -o mode=755 none {}", place.display());
    let mut container = start.where_mounted(&mount).spawn();
    container.wait_for_text("ready");
    let daemon = container.process().pid();
    for words in [&["stop", "--timeout", "1", "--kill"][..], &["reload", "--timeout", "1"]] {
        sandbox.file("place/daemon.pid", 0o600, &format!("{daemon}\n"));
        let ended = verb(&sandbox, words).arg(&here).run();
        assert!([0, 7].contains(&ended.code()), "{ended:?}");
        let said = format!("{}{}", ended.stdout, ended.stderr);
        assert!(said.contains("not running"), "{ended:?}");
    }
    assert!(!container.has_ended());
    container.kill();
}

/// In a process namespace without a /proc of its own, where a number there is another process's.
fn where_proc_shows_other_numbers_it_proves_nothing() {
    if !is_root() {
        skip!("needs root: makes a process namespace");
    }
    require_program("unshare", "util-linux");
    let sandbox = Sandbox::new();
    sandbox.file(PIDFILE, 0o600, "");
    let line = "exec 9>>daemon.pid && flock 9 && echo $$ >&9 && echo locked && exec sleep 1000";
    let mut holding = sandbox.shell(line).spawn();
    holding.wait_for_text("locked");
    let holder = holding.process().pid();
    let program = daemon_tests::fixture!("reloads");
    let script = format!(
        "echo $(({holder} - 1)) > /proc/sys/kernel/ns_last_pid\n\
         sleep 1000 & victim=$!\n\
         echo victim $victim\n\
         {program} daemon stop --timeout 1 --kill\n\
         echo status $?\n\
         kill -0 $victim && echo alive\n\
         kill -9 $victim\n"
    );
    let script = sandbox.file("script", 0o600, &script);
    let unshare = ["unshare", "--pid", "--fork", "--kill-child"];
    let ended = sandbox.start("sh").under(unshare).arg(&script).run().expect_code(0);
    if !ended.stdout.starts_with(&format!("victim {holder}\n")) {
        skip!("the number was not to be had: {}", ended.stdout);
    }
    assert!(ended.stdout.ends_with("status 4\nalive\n"), "{ended:?}");
    assert!(!holding.has_ended());
    holding.kill();
}

/// A user could lend their file to a process of root's that opens what it is told to.
fn a_users_file_held_by_roots_process_is_no_proof() {
    let sandbox = Sandbox::new();
    if !is_root() {
        skip!("needs root: gives a file away");
    }
    let daemon = runs(&sandbox, &["notify"]);
    sandbox.owner(PIDFILE, NOBODY, NOBODY);
    assert_nobody_is_signalled(&sandbox, UNPROVEN);
    assert!(daemon.is_alive());
}

fn a_user_is_told_whose_file_it_is() {
    let sandbox = Sandbox::new();
    if !is_root() {
        skip!("needs root: becomes another user");
    }
    let daemon = runs(&sandbox, &["notify"]);
    let program = sandbox.install(daemon_tests::fixture!("reloads"));
    let stop = sandbox.start(&program).args(["daemon", "stop"]).user(NOBODY, NOBODY);
    let ended = stop.run().expect_code(4);
    assert!(ended.stderr.contains("ask as root"), "{ended:?}");
    assert!(daemon.is_alive());
}
