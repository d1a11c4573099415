//! Who started the program, what it passes on, and what it is told.

mod containers;
mod inetd;
mod mode;
mod properties;
mod sockets;
mod start_stop_daemon;
mod supervisors;
mod systemd;
mod watchdog;

daemon_tests::wing![
    containers,
    inetd,
    mode,
    properties,
    sockets,
    start_stop_daemon,
    supervisors,
    systemd,
    watchdog
];
