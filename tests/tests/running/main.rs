//! The life of the daemon once it runs: its stop, its reloads, its logs.

mod holds;
mod logs;
mod reload;

daemon_tests::wing![holds, logs, reload];
