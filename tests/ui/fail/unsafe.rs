#[daemon::main]
unsafe fn main() {}
