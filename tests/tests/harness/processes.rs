//! What is seen of a process from the outside is so.

use std::{fs, time::Duration};

use daemon_tests::{Process, Sandbox, Signal, Standard};

use crate::{expected_panic::panic_of, sleeper};

daemon_tests::tests![
    a_death_can_be_waited_for,
    a_zombie_is_dead,
    a_lock_is_seen,
    children_are_seen,
    a_pidfile_leads_to_its_process,
    a_foreign_number_in_a_pidfile_leads_nowhere,
];

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
