#[daemon::main(notification_fd)]
fn main() {}
