#[daemon::main(umask = 0o027; pidfile)]
fn main() {}
