#[daemon::main(user = b"www-data", group = 3.3)]
fn main() {}
