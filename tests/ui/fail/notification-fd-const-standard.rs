const STDERR: i32 = 2;

#[daemon::main(notification_fd = STDERR)]
fn main() {}
