//! The verbs: what the program does with the daemon that runs already.

mod command_line;
mod daemon;
mod forged;
mod restart;
mod stop;

daemon_tests::wing![command_line, forged, restart, stop];
