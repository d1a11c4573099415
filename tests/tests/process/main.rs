//! What a process has, and what the daemon loses of it.

mod capabilities;
mod chroot;
mod descriptors;
mod doubts;
mod identity;
mod least_privilege;
mod limits;
mod properties;
mod signals;

daemon_tests::wing![
    capabilities,
    chroot,
    descriptors,
    doubts,
    least_privilege,
    limits,
    properties,
    signals
];
