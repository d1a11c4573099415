const MOST: u64 = 100;

#[daemon::main(limits(nproc = (MOST * 2, MOST), nofile = (unlimited, MOST)))]
fn main() {}
