#[daemon::main(limits(nofile = 65536 as = 5 core = 0))]
fn main() {}
