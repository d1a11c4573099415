#[daemon::main(chdir = "var/lib")]
fn main() {}
