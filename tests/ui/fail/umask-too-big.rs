#[daemon::main(umask = 0o1777)]
fn main() {}
