//! The life of the daemon once it runs: its stop, its reloads, its logs.

mod beside_others;
mod children;
mod events;
mod holds;
mod journal;
mod logrotate;
mod logs;
mod numbered;
mod reload;
mod repeated;
mod stop;
mod systemd;
mod waiting;

daemon_tests::wing![
    beside_others,
    children,
    events,
    holds,
    journal,
    logrotate,
    logs,
    reload,
    stop,
    systemd
];
