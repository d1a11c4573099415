//! Everything that differs between operating systems, and every `unsafe` of the library.
//!
//! The modules are named after what they deal with: [`process`], [`per_process`], [`descriptors`], [`sockets`],
//! [`signals`], [`requests`], [`reopening`], [`bell`], [`clock`], [`limits`], [`ids`], [`mapping`], [`inode`],
//! [`proc`], [`capabilities`], [`secure`], [`terminal`], [`words`]. Calls that only Linux has are in `linux.rs`, and their stand-ins for other
//! systems, under the same names, in `fallback.rs`. Nothing here depends on the rest of the
//! library.
#![expect(unsafe_code, reason = "here it is fenced in, behind safe functions")]

pub(crate) mod bell;
pub(crate) mod capabilities;
pub(crate) mod clock;
pub(crate) mod descriptors;
pub(crate) mod ids;
pub(crate) mod inode;
pub(crate) mod limits;
pub(crate) mod mapping;
pub(crate) mod per_process;
#[cfg(any(target_os = "linux", target_os = "android"))]
mod prctl;
pub(crate) mod proc;
pub(crate) mod process;
pub(crate) mod reopening;
pub(crate) mod requests;
pub(crate) mod secure;
pub(crate) mod signals;
pub(crate) mod sockets;
pub(crate) mod start;
pub(crate) mod terminal;
pub(crate) mod words;

#[cfg_attr(any(target_os = "linux", target_os = "android"), path = "linux.rs")]
#[cfg_attr(not(any(target_os = "linux", target_os = "android")), path = "fallback.rs")]
mod platform;

pub(crate) use nix::errno::Errno;
pub(crate) use platform::*;
