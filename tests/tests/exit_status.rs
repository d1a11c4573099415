//! Promise 1: exit status 0 of a start means that the daemon runs, holds its pidfile, and (with `Ready`)
//! said that it is ready. Nothing else gives 0.

fn main() {}
