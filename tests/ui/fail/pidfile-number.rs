#[daemon::main(pidfile = 7)]
fn main() {}
