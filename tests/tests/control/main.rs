//! The verbs: what the program does with the daemon that runs already.

mod command_line;
mod daemon;
mod forged;
mod printed;
mod restart;
mod stop;
mod unit_others;
mod unit_systemd;

daemon_tests::wing![command_line, forged, restart, stop, unit_others, unit_systemd];
