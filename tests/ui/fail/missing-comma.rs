#[daemon::main(umask = 0o027 pidfile = "/run/echod.pid")]
fn main() {}
