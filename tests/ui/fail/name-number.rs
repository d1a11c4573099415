#[daemon::main(name = 7)]
fn main() {}
