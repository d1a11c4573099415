const PIDFILE: &str = "echod.pid";
const MASK: u32 = 0o7777;

#[daemon::main(pidfile = PIDFILE, umask = MASK)]
fn main() {}
