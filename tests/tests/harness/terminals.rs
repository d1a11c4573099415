//! A terminal behaves as one at which somebody types, and its shell as a shell.

use std::fs;

use daemon_tests::{CTRL_C, CTRL_Q, CTRL_S, CTRL_Z, Job, Process, Sandbox, Signal};

use crate::{asleep, sleeper};

daemon_tests::tests![
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
];

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
    let command = asleep(sleeper(&sandbox).terminal());
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
    let writing_to_output = format!("{} 0x1 ", libc::SYS_write);
    sandbox.wait_until("head waits for the terminal", || {
        sandbox.processes().iter().any(|process| {
            let read = |file| fs::read_to_string(format!("/proc/{}/{file}", process.pid()));
            read("comm").is_ok_and(|name| name == "head\n")
                && read("syscall").is_ok_and(|call| call.starts_with(&writing_to_output))
        })
    });
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
