#[daemon::main]
extern "C" fn main() {}
