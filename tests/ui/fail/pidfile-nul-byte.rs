#[daemon::main(pidfile = "/run/echod\0.pid")]
fn main() {}
