//! What the process was given by whoever started it, noted before the program changes any of it.

use std::io;

use crate::descriptors::OpenDescriptors;
use crate::signals::InheritedSignals;

/// What was there when `main` was entered.
#[derive(Debug)]
pub(crate) struct Inherited {
    /// The descriptors, of which the daemon closes those that nobody has taken up since.
    pub(crate) descriptors: io::Result<OpenDescriptors>,
    pub(crate) signals: InheritedSignals,
}

impl Inherited {
    /// Notes what is there now. To be called first thing in `main`, while nothing in the program
    /// can own a descriptor above 2.
    pub(crate) fn at_entry_of_main() -> Self {
        Inherited { descriptors: OpenDescriptors::now(), signals: InheritedSignals::now() }
    }

    /// For a program that is past the entry of its `main`: the signals are what they are now,
    /// and which descriptors were inherited can no longer be told, so none is.
    pub(crate) fn later(descriptors: Option<OpenDescriptors>) -> Self {
        Inherited {
            descriptors: Ok(descriptors.unwrap_or_default()),
            signals: InheritedSignals::now(),
        }
    }
}
