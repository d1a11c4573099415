#[daemon::main(start_timeout = 1.5)]
fn main() {}
