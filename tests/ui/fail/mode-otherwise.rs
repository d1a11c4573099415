#[daemon::main(mode = Background)]
fn main() {}
