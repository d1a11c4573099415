#[daemon::main(umask = MASK)]
fn main() {}
