//! What differs between operating systems, and every `unsafe` of the library.
//!
//! The files are named after what they speak to: [`process`], [`descriptors`], [`sockets`],
//! [`signals`], [`limits`], [`ids`], [`capabilities`]; what only Linux has stands in `linux.rs`, and
//! what takes its place elsewhere in `elsewhere.rs`, with the same names. Nothing here knows the
//! rest of the library, but for the set of capabilities.
#![expect(unsafe_code, reason = "here it is fenced in, behind safe functions")]

pub(crate) mod descriptors;
pub(crate) mod ids;
pub(crate) mod limits;
pub(crate) mod process;
pub(crate) mod signals;
pub(crate) mod sockets;

#[cfg_attr(any(target_os = "linux", target_os = "android"), path = "linux.rs")]
#[cfg_attr(not(any(target_os = "linux", target_os = "android")), path = "elsewhere.rs")]
mod platform;

#[cfg_attr(any(target_os = "linux", target_os = "android"), path = "capabilities.rs")]
#[cfg_attr(not(any(target_os = "linux", target_os = "android")), path = "no_capabilities.rs")]
pub(crate) mod capabilities;

pub(crate) use platform::*;
