#[daemon::main(limits(nofile = 65536, core = 0, nofile = 1024))]
fn main() {}
