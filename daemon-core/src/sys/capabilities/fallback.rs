//! Capabilities on systems that have none: root has all power, everybody else has none.

use nix::errno::Errno;
use nix::unistd::geteuid;

use super::set::CapabilitySet;

/// The sets of this thread: all empty.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sets {
    pub(crate) effective: CapabilitySet,
}

impl Sets {
    pub(crate) fn iter(&self) -> impl Iterator<Item = CapabilitySet> {
        [self.effective].into_iter()
    }
}

/// There is nothing to read.
pub(crate) fn get() -> Result<Sets, Errno> {
    Ok(Sets::default())
}

/// There is nothing to read.
pub(crate) fn effective() -> Result<CapabilitySet, Errno> {
    Ok(CapabilitySet::default())
}

/// Root may do everything.
pub(crate) fn permits(_: u8) -> bool {
    geteuid().is_root()
}

/// Only the empty set is possible.
pub(crate) fn may_keep(set: CapabilitySet) -> Result<bool, Errno> {
    Ok(set.is_empty())
}

/// Only the empty set is possible.
pub(crate) fn set_effective(set: CapabilitySet) -> Result<(), Errno> {
    set_all(set)
}

/// Only the empty set is possible.
pub(crate) fn set_all(set: CapabilitySet) -> Result<(), Errno> {
    if set.is_empty() { Ok(()) } else { Err(Errno::ENOSYS) }
}

/// There is no bounding set.
pub(crate) fn limit_bounding(keep: CapabilitySet) -> Result<(), Errno> {
    set_all(keep)
}

/// There is nothing to keep.
pub(crate) fn keep_over_setuid(_: bool) -> Result<(), Errno> {
    Ok(())
}
