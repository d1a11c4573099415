#[daemon::main(umask = 027)]
fn main() {}
