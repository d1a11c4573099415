#[daemon::main(limits(files = 65536, nofiles = 5))]
fn main() {}
