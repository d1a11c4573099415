#[daemon::main(stdout = "journald", stderr = syslog)]
fn main() {}
