//! What the process was given by whoever started it, noted before the program changes any of it.

use std::io;

use nix::unistd::{Pid, getpid};

use crate::error::Error;
use crate::process::descriptors::OpenDescriptors;
use crate::process::signals::{self, InheritedSignals};
use crate::supervisor::environment::Environment;
use crate::supervisor::sockets;

/// What was there when `main` was entered.
#[derive(Debug)]
pub(crate) struct Inherited {
    /// The number of this process, by which parts of the environment say whom they mean.
    pub(crate) pid: Pid,
    /// The descriptors, of which the daemon closes those that nobody has taken up since.
    pub(crate) descriptors: io::Result<OpenDescriptors>,
    pub(crate) signals: InheritedSignals,
    /// Whether the sockets that were passed could be taken.
    pub(crate) sockets: Result<(), Error>,
}

impl Inherited {
    /// Notes what is there now. To be called first thing in `main`, while nothing in the program
    /// can own a descriptor above 2.
    pub(crate) fn at_entry_of_main() -> Self {
        Self::with(OpenDescriptors::now())
    }

    /// For a program that is past the entry of its `main`: the signals are what they are now,
    /// and which descriptors were inherited can no longer be told, so none is.
    pub(crate) fn later(descriptors: Option<OpenDescriptors>) -> Self {
        Self::with(Ok(descriptors.unwrap_or_default()))
    }

    fn with(descriptors: io::Result<OpenDescriptors>) -> Self {
        let pid = getpid();
        let signals = InheritedSignals::now();
        signals::end_process_1(pid);
        let sockets = sockets::capture(Environment::of_this_process(pid));
        Inherited { pid, descriptors, signals, sockets }
    }
}
