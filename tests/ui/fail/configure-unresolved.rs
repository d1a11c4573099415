#[daemon::main(configure = args)]
fn main() {}
