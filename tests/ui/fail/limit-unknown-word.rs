#[daemon::main(limits(stack = infinity, nproc = (100, lots)))]
fn main() {}
