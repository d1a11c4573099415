#[daemon::main(configure = |config| { config.user(1.5); })]
fn main() {}
