#[daemon::main(notification_fd = -1)]
fn main() {}
