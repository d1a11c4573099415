//! The system: little more than the names of its errors is left of it.

#![expect(unsafe_code, reason = "what a file of `sys` needs, it needs here")]

use std::{error, fmt, io};

#[path = "../sys/words.rs"]
pub(crate) mod words;

pub(crate) mod process {
    /// There is none.
    pub(crate) fn file_creation_mask() -> u32 {
        0
    }
}

pub(crate) mod bell {
    use super::Errno;

    /// Nobody listens.
    #[derive(Debug)]
    pub(crate) struct Bell(());

    impl Bell {
        pub(crate) fn ring(&self) {}
    }

    /// There is no descriptor to fill.
    #[derive(Debug)]
    pub(crate) struct Latch(());

    impl Latch {
        pub(crate) fn new() -> Result<Self, Errno> {
            Ok(Latch(()))
        }

        pub(crate) fn fill(&self) {}
    }
}

pub(crate) mod requests {
    /// A signal, which never comes.
    #[derive(Debug)]
    pub(crate) struct Request(());

    pub(crate) static TERMINATE: Request = Request(());
    pub(crate) static INTERRUPT: Request = Request(());
    pub(crate) static USER_1: Request = Request(());
    pub(crate) static USER_2: Request = Request(());

    impl Request {
        pub(crate) fn signal(&self) -> i32 {
            0
        }

        pub(crate) fn count(&self) -> u32 {
            0
        }

        pub(crate) fn sender(&self) -> Option<u32> {
            None
        }
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
