#[daemon::main(user = "")]
fn main() {}
