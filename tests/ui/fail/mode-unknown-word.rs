#[daemon::main(mode = detached)]
fn main() {}
