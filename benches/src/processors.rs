//! On how many processors the starts run: this process is pinned, and what it starts inherits it.

use std::error::Error;

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

const THIS_PROCESS: Pid = Pid::from_raw(0);

/// Pins this process until it is dropped.
#[derive(Debug)]
pub(crate) struct Pinned {
    before: CpuSet,
}

impl Pinned {
    /// To this many processors; `None` if the process may not use as many.
    pub(crate) fn to(count: usize) -> Result<Option<Self>, Box<dyn Error>> {
        let before = sched_getaffinity(THIS_PROCESS)?;
        let mut chosen = CpuSet::new();
        let usable = (0..CpuSet::count()).filter(|&it| before.is_set(it).unwrap_or(false));
        let mut found = 0;
        for processor in usable.take(count) {
            chosen.set(processor)?;
            found += 1;
        }
        if found < count {
            return Ok(None);
        }
        sched_setaffinity(THIS_PROCESS, &chosen)?;
        Ok(Some(Pinned { before }))
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        sched_setaffinity(THIS_PROCESS, &self.before).expect("it was so before");
    }
}
