#[daemon::main(pidfile = "run/echod.pid")]
fn main() {}
