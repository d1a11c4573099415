//! Each example does what its first lines say, started as a user would.

fn main() {}
