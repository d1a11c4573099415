fn args() {}

#[daemon::main(configure = args)]
fn main() {}
