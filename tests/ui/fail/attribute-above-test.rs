#[daemon::main]
#[test]
fn main() {}
