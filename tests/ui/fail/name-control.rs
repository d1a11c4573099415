#[daemon::main(name = "echo\td")]
fn main() {}
