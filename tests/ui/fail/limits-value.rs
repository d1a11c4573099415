#[daemon::main(limits = (nofile = 65536), umask = 0o22)]
fn main() {}
