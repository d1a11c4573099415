#[daemon::main(umask = 0o27u8)]
fn main() {}
