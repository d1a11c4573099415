#[daemon::main(umask = 22)]
fn main() {}
