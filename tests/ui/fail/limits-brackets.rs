#[daemon::main(limits[nofile = 65536])]
fn main() {}
