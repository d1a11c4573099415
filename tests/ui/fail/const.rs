#[daemon::main]
const fn main() {}
