//! The children of this process, to which every daemon belongs once its command is gone, because
//! this process is a sub-reaper. Their numbers cannot be reused before they have been waited for.

use std::{fs, io, process};

use nix::errno::Errno;
use nix::sys::signal::{self, Signal};
use nix::sys::wait;
use nix::unistd::Pid;

/// The children there are now, dead or alive.
pub(crate) fn pids() -> io::Result<Vec<i32>> {
    let own = process::id();
    let children = fs::read_to_string(format!("/proc/self/task/{own}/children"))?;
    Ok(children.split_whitespace().map(|pid| pid.parse().expect("a pid")).collect())
}

/// Kills all children and waits for every one, and for those that theirs leave.
pub(crate) fn end_all() -> io::Result<()> {
    loop {
        for pid in pids()? {
            signal::kill(Pid::from_raw(pid), Signal::SIGKILL)?;
        }
        match wait::wait() {
            Err(Errno::ECHILD) => return Ok(()),
            result => result?,
        };
    }
}
