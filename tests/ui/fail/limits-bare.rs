#[daemon::main(limits, capabilities, user = 33)]
fn main() {}
