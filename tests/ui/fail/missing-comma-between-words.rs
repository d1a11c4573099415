#[daemon::main(mode = auto stdout = null)]
fn main() {}
