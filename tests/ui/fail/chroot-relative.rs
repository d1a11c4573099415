#[daemon::main(chroot = "srv/jail")]
fn main() {}
