#[daemon::main(crate = 1 + 1)]
fn main() {}
