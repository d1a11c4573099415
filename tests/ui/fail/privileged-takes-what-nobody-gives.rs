fn open(_: String) {}

#[daemon::main(privileged = open)]
fn main() {}
