//! The things that the process was given by whoever started it, noted before the program changes
//! any of them.

use std::io;

use nix::unistd::{Pid, getpid};

use crate::error::Error;
use crate::process::descriptors::OpenDescriptors;
use crate::process::signals::{self, InheritedSignals};
use crate::supervisor::environment::Environment;
use crate::supervisor::sockets;

/// The state of the process at its beginning.
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
    /// The descriptors and signals are those of the beginning of the process, so that it does not
    /// matter what the program has done since.
    pub(crate) fn by_this_process() -> Self {
        let descriptors = OpenDescriptors::at_start();
        let pid = getpid();
        let signals = InheritedSignals::at_start();
        signals::end_process_1(pid);
        let sockets = sockets::capture(Environment::of_this_process(pid), &descriptors);
        Inherited { pid, descriptors, signals, sockets }
    }
}
