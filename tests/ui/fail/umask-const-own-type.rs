#[daemon::main(umask = daemon::Umask::Mask(0o1000))]
fn main() {}
