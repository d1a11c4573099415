const JAIL: &str = "//";

#[daemon::main(chroot = JAIL)]
fn main() {}
