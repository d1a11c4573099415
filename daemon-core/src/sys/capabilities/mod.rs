//! Capabilities: parts of root's power, which only Linux has; see capabilities(7).

mod set;

#[cfg_attr(any(target_os = "linux", target_os = "android"), path = "linux.rs")]
#[cfg_attr(not(any(target_os = "linux", target_os = "android")), path = "fallback.rs")]
mod platform;

pub(crate) use platform::*;
pub(crate) use set::CapabilitySet;
