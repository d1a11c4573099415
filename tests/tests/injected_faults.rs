//! A system call that fails at any step of the launch ends the start with a clear failure: no panic, no
//! hang, no exit status 0 without a daemon.

fn main() {}
