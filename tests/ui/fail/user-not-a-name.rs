#[daemon::main(user = "a b", group = "a/b")]
fn main() {}
