const THREE: u64 = 3;

#[daemon::main(notification_fd = THREE)]
fn main() {}
