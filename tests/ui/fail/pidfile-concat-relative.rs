#[daemon::main(pidfile = concat!("run/", "echod.pid"))]
fn main() {}
