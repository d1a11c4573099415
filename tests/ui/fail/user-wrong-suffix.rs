#[daemon::main(user = 33i32)]
fn main() {}
