//! Promise 2: a failure before readiness reaches the shell whole: everything the daemon wrote to
//! standard error during the start, where the log is, and its own exit status or the signal's name.

fn main() {}
