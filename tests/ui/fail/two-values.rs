#[daemon::main(umask = 0o027 0o022)]
fn main() {}
