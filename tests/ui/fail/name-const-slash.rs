#[daemon::main(name = concat!("bin/", "echod"))]
fn main() {}
