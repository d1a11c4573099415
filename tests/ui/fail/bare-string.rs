#[daemon::main("/run/echod.pid")]
fn main() {}
