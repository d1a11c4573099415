#[daemon::main(name = "bin/echod")]
fn main() {}
