#[daemon::main(nofile = 1024, limit_nofile = 1, RLIMIT_NOFILE, LimitNOFILE = (5, 6), core)]
fn main() {}
