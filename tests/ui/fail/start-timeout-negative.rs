#[daemon::main(start_timeout = -1)]
fn main() {}
