#[daemon::main(pidfile = b"/run/echod.pid")]
fn main() {}
