#[daemon::main(pidfile, control = "-x")]
fn main() {}
