#[daemon::main(umask = 0x1b)]
fn main() {}
