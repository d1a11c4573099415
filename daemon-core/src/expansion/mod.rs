//! What the expansion of `#[daemon::main]` calls. Private to the two: nothing here is promised.
//!
//! The expansion is as short as it can be, since it is compiled in the user's crate, under the
//! user's lints. Whatever can stand in a function stands here.

mod constants;
mod handover;
mod pipeline;

pub use constants::{NEVER, directory, file, mode, name, seconds, umask};
pub use handover::{Handover, take};
pub use pipeline::{Returned, Start, open};

pub use crate::config::{Mode, Output, Pidfile};
pub use std::time::Duration;
