#[daemon::main(control, stop_timeout = 30, stop_delay = 5)]
fn main() {}
