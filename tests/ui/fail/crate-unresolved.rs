#[daemon::main(crate = deamon)]
fn main() {}
