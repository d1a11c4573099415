//! The working directory.

use std::path::{Path, PathBuf};

/// The working directory of the daemon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chdir {
    /// This one, an absolute path.
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

impl From<&str> for Chdir {
    fn from(directory: &str) -> Self {
        Chdir::To(directory.into())
    }
}

impl From<String> for Chdir {
    fn from(directory: String) -> Self {
        Chdir::To(directory.into())
    }
}

impl From<&Path> for Chdir {
    fn from(directory: &Path) -> Self {
        Chdir::To(directory.into())
    }
}

impl From<PathBuf> for Chdir {
    fn from(directory: PathBuf) -> Self {
        Chdir::To(directory)
    }
}
