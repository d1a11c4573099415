#[daemon::main(notify_fd = 3)]
fn main() {}
