//! The attributes of a process: descriptors, signals, limits, its root directory, its user.

pub(crate) mod capabilities;
pub(crate) mod chroot;
pub(crate) mod confinement;
pub(crate) mod descriptors;
pub(crate) mod identity;
pub(crate) mod limits;
pub(crate) mod own;
pub(crate) mod signals;
pub(crate) mod threads;
