#[daemon::main(notification_fd = "3")]
fn main() {}
