#[daemon::main(start_timeout = "60s")]
fn main() {}
