#[daemon::main(limits(core = -1, nproc = (-1, 5)))]
fn main() {}
