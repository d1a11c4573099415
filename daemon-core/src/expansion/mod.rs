//! The items that the expansion of `#[daemon::main]` uses. They are private to the two crates:
//! nothing here is promised.
//!
//! The expansion is as short as it can be, since it is compiled in the user's crate, under the
//! user's lints. Whatever can be a function is one here.

mod clap_verbs;
mod configure;
mod constants;
mod lookup;
mod parameters;
mod privileged;
mod returned;
mod start;
mod values;

pub use clap_verbs::{how_to_stop, parse_seconds, target};
pub use configure::Configure;
pub use constants::{
    NEVER, NO_NEW_PRIVS, UNLIMITED, account, delay, descriptor, directory, file, in_root, limit,
    mode, name, root, seconds, soft_and_hard, umask, word,
};
pub use parameters::{Handed, enter, hand_on_first, hand_on_second, same, take_first, take_second};
pub use privileged::Privileged;
pub use returned::{Kept, Known, NotAsync, call, text};
pub use start::Start;
pub use values::{Constant, Typed, Value};

pub use crate::config::chdir::Chdir;
pub use crate::config::umask::Umask;
pub use crate::config::verb::Control;
pub use crate::config::{Mode, Output, Pidfile, rules};
pub use crate::process::capabilities::Capability;
pub use crate::process::identity::account::{Group, User};
pub use crate::process::limits::Resource;
pub use std::time::Duration;
