//! The verbs: what the program does with the daemon that runs already.

mod check;
mod command_line;
mod daemon;
mod forged;
mod restart;
mod state;
mod status;
mod stop;

daemon_tests::wing![check, command_line, forged, restart, state, status, stop];
