#[daemon::main(name = "")]
fn main() {}
