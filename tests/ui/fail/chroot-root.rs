#[daemon::main(chroot = "/")]
fn main() {}
