#[daemon::main(umask = 0o027, pidfile, umask = 0o022)]
fn main() {}
