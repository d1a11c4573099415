#[daemon::main(umask = 0O27)]
fn main() {}
