//! The life of the daemon once it runs: its stop, its reloads, its logs.

mod beside_others;
mod children;
mod events;
mod holds;
mod journal;
mod logs;
mod reload;
mod stop;
mod waiting;

daemon_tests::wing![beside_others, children, events, holds, journal, logs, reload, stop];
