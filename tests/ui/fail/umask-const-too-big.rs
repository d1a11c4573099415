const GROUP: u32 = 0o020;

#[daemon::main(umask = GROUP | 0o1000)]
fn main() {}
