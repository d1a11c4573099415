const NAME: &str = "echo\td";

#[daemon::main(name = NAME)]
fn main() {}
