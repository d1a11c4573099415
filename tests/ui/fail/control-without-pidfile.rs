#[daemon::main(control)]
fn main() {}
