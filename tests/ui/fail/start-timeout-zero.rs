#[daemon::main(start_timeout = 0)]
fn main() {}
