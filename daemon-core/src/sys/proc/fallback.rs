//! What can be found out about processes without /proc: next to nothing.

use std::os::fd::AsFd;

use nix::unistd::Pid;

use crate::sys::signals::SignalSet;

/// The directory in which each open descriptor of this process has an entry, named by its number;
/// see fd(4).
pub(crate) const OPEN_DESCRIPTORS: &str = "/dev/fd";

/// The names under which a command line mentions a descriptor, before its number.
pub(crate) const DESCRIPTOR_PREFIXES: &[&str] = &["/dev/fd/"];

/// There is no portable way to tell.
pub(crate) fn open_descriptor_count() -> Option<usize> {
    None
}

/// There is no portable way to tell.
pub(crate) fn thread_count() -> Option<usize> {
    None
}

/// There is no portable way to tell.
pub(crate) fn other_thread_names() -> Vec<String> {
    Vec::new()
}

/// There is only asking about each of them.
pub(crate) fn ignored_and_blocked_signals() -> Option<(SignalSet, SignalSet)> {
    None
}

/// There is no portable way to tell.
pub(crate) fn process_name(_: Pid) -> Option<String> {
    None
}

/// There is no portable way to tell.
pub(crate) fn process_arguments(_: Pid) -> Vec<String> {
    Vec::new()
}

/// There are no user namespaces.
pub(crate) fn overflow_id() -> Option<u32> {
    None
}

/// There is no portable way to tell.
pub(crate) fn holds_exclusive_lock(_: Pid, _: impl AsFd) -> bool {
    false
}
