//! In the foreground nothing forks, and the rest of the plan holds.

fn main() {}
