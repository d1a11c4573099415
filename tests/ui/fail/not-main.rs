#[daemon::main]
fn start() {}

fn main() {}
