//! Does nothing: what kills this kills any program.

fn main() {}
