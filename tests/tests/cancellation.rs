//! Promise 3: Ctrl-C, a hang-up or SIGTERM on the waiting command cancels the start, as does its death
//! or the timeout; what was ignored when the command started does not.

fn main() {}
