#[daemon::main(pidfile; umask = 0o027; stdout)]
fn main() {}
