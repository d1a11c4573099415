#[daemon::main(user = nobody)]
fn main() {}
