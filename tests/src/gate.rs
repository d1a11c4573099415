//! A gate at which many starts wait, to begin at once.

use std::fs::{self, File};

use nix::fcntl::{Flock, FlockArg};

use crate::{Process, Running, Sandbox, Start};

/// A gate: each start that waits at it wants a shared lock on a file that is locked exclusively.
#[derive(Debug)]
pub struct Gate<'a> {
    sandbox: &'a Sandbox,
    lock: Flock<File>,
}

impl<'a> Gate<'a> {
    /// A closed one.
    #[track_caller]
    pub fn closed(sandbox: &'a Sandbox) -> Self {
        let file = File::create(sandbox.join("gate")).expect("a file");
        let lock = Flock::lock(file, FlockArg::LockExclusive).expect("a lock");
        Self { sandbox, lock }
    }

    /// Has so many starts wait behind it.
    #[track_caller]
    pub fn with_starts(&self, count: usize, start: impl Fn() -> Start<'a>) -> Vec<Running<'a>> {
        let prefix = ["sh", "-c", "flock -s gate true && exec \"$@\"", "sh"];
        let starts = (0..count).map(|_| start().under(prefix).spawn()).collect();
        self.sandbox.wait_until("all starts wait", || {
            let waiting = |process: &Process| {
                let comm = fs::read_to_string(format!("/proc/{}/comm", process.pid()));
                comm.is_ok_and(|comm| comm == "flock\n")
            };
            self.sandbox.processes().into_iter().filter(waiting).count() == count
        });
        starts
    }

    /// Lets them begin.
    #[track_caller]
    pub fn open(self) {
        self.lock.unlock().expect("a lock that can be released");
    }
}
