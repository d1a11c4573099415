#[daemon::main(umask = , pidfile)]
fn main() {}
