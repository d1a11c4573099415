#[daemon::main(stop_timeout = "30s", stop_delay = never)]
fn main() {}
