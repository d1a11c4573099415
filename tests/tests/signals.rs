//! Promise 8: inherited ignored and blocked signals are put back to their defaults, but what the
//! standard library relies on stays.

fn main() {}
