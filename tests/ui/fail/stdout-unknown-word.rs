#[daemon::main(stdout = nul)]
fn main() {}
