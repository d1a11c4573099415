#[daemon::main(crate = "my::daemon")]
fn main() {}
