//! The life of the daemon once it runs: its stop, its reloads, its logs.

mod events;
mod holds;
mod logs;
mod reload;
mod stop;

daemon_tests::wing![events, holds, logs, reload, stop];
