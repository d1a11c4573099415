#[daemon::main(user = -1, group = -1)]
fn main() {}
