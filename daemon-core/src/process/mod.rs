//! What a process has and can lose: descriptors, signals, limits, its root directory, its user.

pub(crate) mod capabilities;
pub(crate) mod chroot;
pub(crate) mod confinement;
pub(crate) mod descriptors;
pub(crate) mod identity;
pub(crate) mod limits;
pub(crate) mod signals;
pub(crate) mod threads;
