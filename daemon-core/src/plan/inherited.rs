//! The things that the process was given by whoever started it, noted before the program changes
//! any of them.

use std::io;

use nix::unistd::{Pid, getpid};

use crate::error::Error;
use crate::process::descriptors::OpenDescriptors;
use crate::process::signals::{self, InheritedSignals};
use crate::supervisor::environment::Environment;
use crate::supervisor::sockets;

/// The state of the process when `main` was entered.
#[derive(Debug)]
pub(crate) struct Inherited {
    /// The number of this process, by which some variables say which process they mean.
    pub(crate) pid: Pid,
    /// The open descriptors; the daemon closes those that nobody has taken up since.
    pub(crate) descriptors: io::Result<OpenDescriptors>,
    pub(crate) signals: InheritedSignals,
    /// Whether the sockets that were passed could be taken.
    pub(crate) sockets: Result<(), Error>,
}

impl Inherited {
    /// At the entry of `main`: the descriptors are those of the beginning of the process, so that
    /// it does not matter if this `main` is called by another one, which has opened some.
    pub(crate) fn at_entry_of_main() -> Self {
        Self::with(OpenDescriptors::at_start())
    }

    /// For a program that is past the entry of its `main`: the signals are noted as they are now.
    /// It is too late to tell which descriptors were inherited, so only those given here count.
    pub(crate) fn later(descriptors: Option<OpenDescriptors>) -> Self {
        Self::with(Ok(descriptors.unwrap_or_default()))
    }

    fn with(descriptors: io::Result<OpenDescriptors>) -> Self {
        let pid = getpid();
        let signals = InheritedSignals::at_start();
        signals::end_process_1(pid);
        let sockets = sockets::capture(Environment::of_this_process(pid), &descriptors);
        Inherited { pid, descriptors, signals, sockets }
    }
}
