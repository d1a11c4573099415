//! The file mode creation mask.

use crate::sys;

/// The file mode creation mask of the daemon; see umask(2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Umask {
    /// This one, `0..=0o777`.
    Mask(u32),
    /// Unchanged: the one that the command was started with.
    Inherit,
}

impl Umask {
    /// The mask to set.
    pub(crate) fn mask(self) -> u32 {
        match self {
            Umask::Mask(mask) => mask,
            Umask::Inherit => sys::process::file_creation_mask(),
        }
    }
}

impl From<u32> for Umask {
    fn from(mask: u32) -> Self {
        Umask::Mask(mask)
    }
}
