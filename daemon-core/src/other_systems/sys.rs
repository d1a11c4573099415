//! The system: little more than the names of its errors is left of it.

use std::{error, fmt, io};

pub(crate) mod process {
    /// There is none.
    pub(crate) fn file_creation_mask() -> u32 {
        0
    }
}

/// The reasons of [`crate::Error`]. A system that is not Unix gives none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Errno {
    EACCES,
    EAGAIN,
    ECANCELED,
    EINVAL,
    EIO,
    ENOENT,
    EPERM,
    ETIMEDOUT,
}

impl Errno {
    pub(crate) fn desc(self) -> &'static str {
        "the system refused it"
    }
}

impl TryFrom<io::Error> for Errno {
    type Error = io::Error;

    fn try_from(error: io::Error) -> Result<Self, io::Error> {
        Err(error)
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.desc())
    }
}

impl error::Error for Errno {}
