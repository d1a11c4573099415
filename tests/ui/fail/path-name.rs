#[daemon::main(daemon::umask = 0o027)]
fn main() {}
