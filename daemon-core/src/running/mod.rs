//! The life of the daemon once it runs: its stop, its reloads, its logs.
//!
//! Nothing of it happens unless the program asks: then there are handlers for the signals, and one
//! thread, named `daemon`, which alone wakes others, keeps times, speaks to the supervisor and opens
//! logs anew; see [`thread`]. What all of them share is in [`state`].

pub(crate) mod events;
pub(crate) mod hold;
mod journal;
pub(crate) mod launched;
pub(crate) mod logs;
pub(crate) mod output;
mod process;
mod readable;
pub(crate) mod reason;
pub(crate) mod reload;
pub(crate) mod reopen;
pub(crate) mod said;
pub(crate) mod sink;
pub(crate) mod stages;
mod state;
pub(crate) mod status;
pub(crate) mod stop;
mod taken;
mod thread;
pub(crate) mod verdict;
mod whose;
