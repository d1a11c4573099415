#[daemon::main(pidfile = "/run/echod/")]
fn main() {}
