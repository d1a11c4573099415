//! [`Reason`]: why the program is to stop.

use std::fmt::{self, Display};

use crate::process::signals::name;

/// Why the program is to stop.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// It got this signal, SIGTERM or SIGINT.
    #[non_exhaustive]
    Signal {
        /// Its number.
        signal: i32,
        /// The process that sent it, if it was a process that this one can see.
        sender: Option<u32>,
    },
    /// The terminal that it was started from is gone.
    TerminalGone,
    /// The program itself, for this reason.
    Program(String),
}

impl Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Signal { signal, sender: None } => f.write_str(&name(*signal)),
            Reason::Signal { signal, sender: Some(sender) } => {
                write!(f, "{} from process {sender}", name(*signal))
            }
            Reason::TerminalGone => f.write_str("the terminal is gone"),
            Reason::Program(why) => f.write_str(why),
        }
    }
}
