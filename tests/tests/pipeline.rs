//! `configure` runs before any fork and `privileged` in the daemon, and each step's value reaches the next.

fn main() {}
