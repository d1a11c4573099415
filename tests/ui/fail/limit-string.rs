#[daemon::main(limits(stack = "unlimited", nofile = "1024", core = "0 B"))]
fn main() {}
