const MASK: &str = "027";

#[daemon::main(umask = MASK)]
fn main() {}
