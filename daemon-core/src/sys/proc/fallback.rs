//! What can be found out about processes without /proc: next to nothing.

use std::ffi::OsString;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use nix::unistd::Pid;

use super::{OtherStatus, OwnStatus};

/// The directory in which each open descriptor of this process has an entry, named by its number;
/// see fd(4).
pub(crate) const OPEN_DESCRIPTORS: &str = "/dev/fd";

/// The names under which a command line mentions a descriptor, before its number.
pub(crate) const DESCRIPTOR_PREFIXES: &[&str] = &["/dev/fd/"];

/// There is no portable way to tell.
pub(crate) fn open_descriptor_count() -> Option<usize> {
    None
}

/// There is no portable way to open it anew: /dev/fd gives the same open file description.
pub(crate) fn open_stderr_without_waiting() -> Option<OwnedFd> {
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

/// There is only asking about each signal.
pub(crate) fn own_status() -> Option<OwnStatus> {
    None
}

/// There is no portable way to tell.
pub(crate) fn process_name(_: Pid) -> Option<String> {
    None
}

/// So a process that does not show is not hidden.
pub(crate) const SHOWS_OTHERS: bool = false;

/// There is no portable way to tell.
pub(crate) fn process_arguments(_: Pid) -> Vec<OsString> {
    Vec::new()
}

/// There are no user namespaces.
pub(crate) fn overflow_id() -> Option<u32> {
    None
}

/// There is no portable way to tell.
pub(crate) fn process_variable(_: Pid, _: &str) -> Option<OsString> {
    None
}

/// There is no portable way to tell.
pub(crate) fn ignores_sigterm(_: Pid) -> bool {
    false
}

/// There are no process namespaces.
pub(crate) fn is_in_nested_process_namespace() -> bool {
    false
}

/// There is no /proc of another namespace.
pub(crate) fn shown_parent() -> Option<Pid> {
    None
}

/// There is no portable way to tell.
pub(crate) fn holds_exclusive_lock(_: Pid, _: impl AsFd) -> bool {
    false
}

/// There is no portable way to tell.
pub(crate) fn status_of(_: Pid) -> Option<OtherStatus> {
    None
}

/// There is no portable way to tell.
pub(crate) fn is_locked(_: impl AsFd) -> Option<bool> {
    None
}

/// There is no portable way to tell.
pub(crate) fn holders_of(_: impl AsFd) -> Vec<Pid> {
    Vec::new()
}

/// There is no portable way to tell.
pub(crate) fn program_is_replaced(_: Pid) -> Option<bool> {
    None
}

/// There is no portable way to tell.
pub(crate) fn start_time(_: Pid) -> Option<u64> {
    None
}

/// There are no control groups.
pub(crate) fn control_groups(_: Pid) -> Vec<String> {
    Vec::new()
}

/// Nobody can tell.
pub(crate) fn writes_to(_: Pid, _: &Path) -> bool {
    false
}

/// There is no portable way to tell.
pub(crate) fn working_directory(_: Pid) -> Option<PathBuf> {
    None
}

/// There is no portable way to tell.
pub(crate) fn listening(_: Pid) -> Vec<String> {
    Vec::new()
}
