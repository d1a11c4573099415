const SECONDS: u64 = 0;

#[daemon::main(start_timeout = SECONDS)]
fn main() {}
