#[daemon::main(configure = |config, args| config.umask(args), privileged = |a, b| a + b)]
fn main() {}
