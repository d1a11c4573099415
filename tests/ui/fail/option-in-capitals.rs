#[daemon::main(PIDFILE, Umask = 0o027)]
fn main() {}
