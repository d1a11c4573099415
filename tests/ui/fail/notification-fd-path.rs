#[daemon::main(notification_fd = "/dev/fd/3")]
fn main() {}
