#[daemon::main(umask = 0o9)]
fn main() {}
