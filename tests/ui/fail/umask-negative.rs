#[daemon::main(umask = -1)]
fn main() {}
