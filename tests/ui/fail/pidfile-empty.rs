#[daemon::main(pidfile = "")]
fn main() {}
