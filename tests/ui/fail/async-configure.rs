async fn args(_: &mut daemon::Config) {}

#[daemon::main(configure = args)]
fn main() {}
