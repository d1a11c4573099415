#[daemon::main(start_timeout = forever)]
fn main() {}
