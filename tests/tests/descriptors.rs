//! Promise 7: the descriptors that were open when `main` was entered, and only those, are closed in the
//! daemon, before `privileged`.

fn main() {}
