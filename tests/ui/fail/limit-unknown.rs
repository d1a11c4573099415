#[daemon::main(limits(files = 65536, nofiles = 5, colors = 7))]
fn main() {}
