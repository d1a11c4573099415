#[daemon::main(limits(RLIMIT_NOFILE = 65536, CORE = 0))]
fn main() {}
