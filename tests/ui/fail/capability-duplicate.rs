#[daemon::main(user = 33, capabilities(kill, chown, kill))]
fn main() {}
