#[daemon::main(pidfile,, umask = 0o027)]
fn main() {}
