#[daemon::main(name = echod, user = root, group = www-data, chroot = jail)]
fn main() {}
