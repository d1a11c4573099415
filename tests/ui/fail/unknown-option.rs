#[daemon::main(pidfle = "/run/echod.pid")]
fn main() {}
