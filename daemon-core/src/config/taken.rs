//! The types that the setters take.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::chdir::Chdir;
use crate::config::setting::Setting;
use crate::config::umask::Umask;
use crate::config::verb::Control;
use crate::config::{Mode, Output, Pidfile};
use crate::process::identity::account::{Group, User};
use crate::process::limits::Limit;

/// Implements `Setting` for types that an option's own type is made `From`.
macro_rules! taken {
    ($($own:ident: $($given:ty),+;)+) => {$($(
        // A list of them all would bury the message.
        #[diagnostic::do_not_recommend]
        impl Setting<$own> for $given {
            fn value(self) -> Option<$own> {
                Some(self.into())
            }
        }
    )+)+};
}

taken! {
    String: &str, &String, String;
    Pidfile: &str, &String, String, &Path, &PathBuf, PathBuf, Pidfile;
    Output: &str, &String, String, &Path, &PathBuf, PathBuf, Output;
    Chdir: &str, &String, String, &Path, &PathBuf, PathBuf, Chdir;
    PathBuf: &str, &String, String, &Path, &PathBuf, PathBuf;
    Umask: u32, Umask;
    User: &str, &String, String, u32, User;
    Group: &str, &String, String, u32, Group;
    Limit: u64, (u64, u64), Limit;
    Mode: Mode;
    Duration: Duration;
    i32: i32;
    bool: bool;
    Control: &str, String, Control;
}
