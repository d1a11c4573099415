#[daemon::main(pidfile = "/run/..")]
fn main() {}
