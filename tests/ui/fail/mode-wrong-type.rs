const MODE: bool = true;

#[daemon::main(mode = MODE)]
fn main() {}
