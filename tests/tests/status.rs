//! Promise 4: a status shows live on the terminal while the command waits; a terminal that does not
//! move delays neither the daemon nor the verdict.

fn main() {}
