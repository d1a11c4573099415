#[daemon::main(umask = 29)]
fn main() {}
