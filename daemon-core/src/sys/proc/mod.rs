//! Information from proc(5) about this process and others. Only Linux has it in this form.

#[cfg_attr(any(target_os = "linux", target_os = "android"), path = "linux.rs")]
#[cfg_attr(not(any(target_os = "linux", target_os = "android")), path = "fallback.rs")]
mod platform;
#[cfg(any(target_os = "linux", target_os = "android"))]
mod sockets;

pub(crate) use platform::*;

use std::os::fd::RawFd;

use nix::unistd::Pid;

use super::signals::SignalSet;

/// The status of this process at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OwnStatus {
    pub(crate) pid: Pid,
    /// 0 if it is outside our process namespace.
    pub(crate) parent: Pid,
    pub(crate) ignored: SignalSet,
    pub(crate) blocked: SignalSet,
    /// The lowest number of a descriptor that was free.
    pub(crate) lowest_free: RawFd,
    /// How many descriptors there is room for: every number is below.
    pub(crate) descriptor_slots: usize,
}

/// The status of any process at one moment.
#[derive(Debug, Clone)]
pub(crate) struct OtherStatus {
    /// Its number in its own process namespace.
    pub(crate) own_number: Pid,
    /// The real, effective, saved and file system uid.
    pub(crate) uids: Vec<libc::uid_t>,
    pub(crate) parent: Pid,
    /// The process that traces it, if one does.
    pub(crate) tracer: Option<Pid>,
    /// `R`, `S`, `T` and so on; see proc_pid_stat(5).
    pub(crate) state: char,
    /// The signals that it handles.
    pub(crate) caught: SignalSet,
}
