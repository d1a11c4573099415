#[daemon::main(color = "red")]
fn main() {}
