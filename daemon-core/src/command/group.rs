//! The process group of a start. The intermediate process leads it, and the daemon is in it, with
//! everything that the daemon starts and that does not leave it.

use nix::sys::signal::{Signal, killpg};
use nix::unistd::{Pid, getpid};

use crate::sys;
use crate::sys::process::End;

/// The group that this process leads, or that a child of it leads which has not been reaped: in
/// both cases the group's number cannot have come to mean another one.
#[derive(Debug)]
pub(crate) struct Group {
    leader: Pid,
    /// Whether the number may be given to another group by now.
    is_lost: bool,
}

impl Group {
    pub(crate) fn led_by(leader: Pid) -> Self {
        Group { leader, is_lost: false }
    }

    pub(crate) fn is_led_by_us(&self) -> bool {
        self.leader == getpid()
    }

    pub(crate) fn contains(&self, process: Pid) -> bool {
        !self.is_lost && nix::unistd::getpgid(Some(process)) == Ok(self.leader)
    }

    /// Signals all of it. The leader, which watches, blocks what it sends to itself; only SIGKILL
    /// has to come from another process.
    pub(crate) fn signal(&self, signal: Signal) {
        let is_suicide = signal == Signal::SIGKILL && self.is_led_by_us();
        if !self.is_lost && !is_suicide {
            // There may be nobody left.
            let _ = killpg(self.leader, signal);
        }
    }

    /// Whether a child of this process in it is alive. To a sub-reaper that is everybody in it once
    /// the daemon is dead.
    pub(crate) fn has_live_child(&self) -> bool {
        !self.is_lost && sys::has_live_child_in_group(self.leader)
    }

    /// How the daemon ended that has never said its number: it is the dead child of this process in
    /// the group once the leader has been reaped.
    ///
    /// Until then, zombies keep the number of the group from being given to another.
    pub(crate) fn end_of_unknown_daemon(&mut self) -> Option<End> {
        sys::process::reap(self.leader);
        let end = sys::end_of_child_in_group(self.leader);
        self.is_lost = end.is_none();
        end
    }
}
