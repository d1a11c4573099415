fn args(_: &str) {}

#[daemon::main(configure = args)]
fn main() {}
