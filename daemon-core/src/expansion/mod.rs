//! The items that the expansion of `#[daemon::main]` uses. They are private to the two crates:
//! nothing here is promised.
//!
//! The expansion is as short as it can be, since it is compiled in the user's crate, under the
//! user's lints. Whatever can be a function is one here.

mod constants;
mod parameters;
mod pipeline;

pub use constants::{
    NEVER, NO_NEW_PRIVS, NameOrNumber, UNLIMITED, Value, account, descriptor, directory, file,
    limit, mode, name, root, seconds, soft_and_hard, umask,
};
pub use parameters::{HandedOn, take};
pub use pipeline::{Returned, Start, run_privileged};

pub use crate::config::{Mode, Output, Pidfile, rules};
pub use crate::process::capabilities::Capability;
pub use crate::process::limits::Resource;
pub use std::time::Duration;
