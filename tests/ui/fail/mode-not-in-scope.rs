#[daemon::main(mode = Mode::Background)]
fn main() {}
