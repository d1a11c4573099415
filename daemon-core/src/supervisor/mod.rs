//! The supervisor: whether there is one, what it passes to the program, and what it is told.

pub(crate) mod decision;
pub(crate) mod detect;
pub(crate) mod environment;
pub(crate) mod mode;
pub(crate) mod notify;
pub(crate) mod s6;
pub(crate) mod sockets;
pub(crate) mod watchdog;
