#[daemon::main(mode = "background")]
fn main() {}
