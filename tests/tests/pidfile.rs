//! Promise 10: the pidfile is opened without following a link, locked for the daemon's life, readable by
//! its owner only, written before the command returns, and removed by its owner alone.

fn main() {}
