//! The working directory.

use std::path::{Path, PathBuf};

/// The working directory of the daemon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chdir {
    /// This one.
    To(PathBuf),
    /// Unchanged, in the background too: where the command was started.
    Inherit,
}

impl Chdir {
    /// The directory to go to, unless that is where the command was started.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Chdir::To(directory) => Some(directory),
            Chdir::Inherit => None,
        }
    }
}
