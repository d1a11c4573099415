#[daemon::main(configure = 7)]
fn main() {}
