const PIDFILE: u32 = 7;

#[daemon::main(pidfile = PIDFILE)]
fn main() {}
