//! Finds and ends all processes of a sandbox, wherever they fled.
//!
//! A daemon leaves its parent, its process group and its session, but not the environment it
//! was started with: the kernel shows that for as long as the program lives, and every fork and
//! every ordinary exec passes it on. (What escapes: a program that was given another environment,
//! `env -i` for example. And if the test runner itself is killed, nobody is there to look.)

use std::{fs, time::Duration};

use crate::{Process, deadline};

/// The variable that marks every process of a sandbox.
pub(crate) const VARIABLE: &str = "DAEMON_TESTS_ID";

/// All live processes with this mark.
pub(crate) fn find(mark: &str) -> Vec<Process> {
    let variable = format!("{VARIABLE}={mark}");
    let entries = fs::read_dir("/proc").expect("/proc");
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|&pid| has(pid, &variable))
        .filter_map(Process::find)
        // Again, now that the number is held: it may have passed to another process between.
        .filter(|process| has(process.pid(), &variable))
        .collect()
}

fn has(pid: i32, variable: &str) -> bool {
    // What cannot be read is another user's, or gone.
    fs::read(format!("/proc/{pid}/environ"))
        .is_ok_and(|environ| environ.split(|&byte| byte == 0).any(|it| it == variable.as_bytes()))
}

/// Kills all processes with this mark, again and again until none is born any more; gives back
/// those that would not die in time.
pub(crate) fn kill(mark: &str, limit: Duration) -> Vec<Process> {
    let all_dead = deadline::poll(limit, || {
        let left = find(mark);
        left.iter().for_each(Process::kill);
        left.is_empty().then_some(())
    });
    if all_dead.is_some() { Vec::new() } else { find(mark) }
}
