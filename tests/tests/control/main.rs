//! The verbs: what the program does with the daemon that runs already.

mod check;
mod command_line;
mod daemon;
mod forged;
mod reload;
mod restart;
mod state;
mod status;
mod stop;
mod storm;
mod supervised;

daemon_tests::wing![
    check,
    command_line,
    forged,
    reload,
    restart,
    state,
    status,
    stop,
    storm,
    supervised
];
