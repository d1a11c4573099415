//! The command that was started: who watches the daemon, what cancels its start, how it ended, and
//! what is said of it.

pub(crate) mod cancel;
pub(crate) mod pipe;
pub(crate) mod relay;
pub(crate) mod start;
pub(crate) mod terminal;
pub(crate) mod verdict;
pub(crate) mod wait;
pub(crate) mod watch;
pub(crate) mod watcher;
