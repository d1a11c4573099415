#[daemon::main(umask)]
fn main() {}
