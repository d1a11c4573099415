//! Information from proc(5) about this process and others. Only Linux has it in this form.

#[cfg_attr(any(target_os = "linux", target_os = "android"), path = "linux.rs")]
#[cfg_attr(not(any(target_os = "linux", target_os = "android")), path = "fallback.rs")]
mod platform;

pub(crate) use platform::*;
