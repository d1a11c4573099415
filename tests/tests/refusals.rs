//! Promise 5: all that can be checked is checked before the first fork, and each refusal says what was
//! tried, on what, the system's reason, and what to do, with the status of sysexits(3).

fn main() {}
