const WORD: &str = "two words";

#[daemon::main(pidfile, control = WORD)]
fn main() {}
