#[daemon::main(umask = 0.5)]
fn main() {}
