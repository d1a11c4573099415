#[daemon::main(stdout = "journald", stderr = journal)]
fn main() {}
