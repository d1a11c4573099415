#[daemon::main(limits(nproc = (200, 100), nofile = (unlimited, 1024)))]
fn main() {}
