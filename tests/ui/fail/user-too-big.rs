#[daemon::main(user = 4294967295, group = 5_000_000_000)]
fn main() {}
