//! What differs between operating systems, and every `unsafe` of the library.
//!
//! The files are named after what they speak to: [`process`], [`descriptors`], [`sockets`],
//! [`signals`], [`limits`], [`ids`], [`inode`], [`proc`],
//! [`capabilities`]. What only Linux has is in
//! `linux.rs`, and what takes its place elsewhere in `fallback.rs`, under the same names. Nothing
//! here knows the rest of the library.
#![expect(unsafe_code, reason = "here it is fenced in, behind safe functions")]

pub(crate) mod capabilities;
pub(crate) mod descriptors;
pub(crate) mod ids;
pub(crate) mod inode;
pub(crate) mod limits;
pub(crate) mod proc;
pub(crate) mod process;
pub(crate) mod signals;
pub(crate) mod sockets;

#[cfg_attr(any(target_os = "linux", target_os = "android"), path = "linux.rs")]
#[cfg_attr(not(any(target_os = "linux", target_os = "android")), path = "fallback.rs")]
mod platform;

pub(crate) use platform::*;
