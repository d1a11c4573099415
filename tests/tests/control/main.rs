//! The verbs: what the program does with the daemon that runs already.

mod check;
mod command_line;
mod daemon;
mod forged;
mod restart;
mod stop;

daemon_tests::wing![check, command_line, forged, restart, stop];
