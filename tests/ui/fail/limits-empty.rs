#[daemon::main(limits(), capabilities())]
fn main() {}
