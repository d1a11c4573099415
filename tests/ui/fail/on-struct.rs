#[daemon::main]
struct Main;

fn main() {}
