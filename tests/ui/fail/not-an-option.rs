#[daemon::main(= 7, umask = 0o027)]
fn main() {}
