#[daemon::main(limits(core = 1.5, nofile = 5u32, nproc = (1, true)))]
fn main() {}
