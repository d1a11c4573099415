#[daemon::main(stderr = "echod.log")]
fn main() {}
