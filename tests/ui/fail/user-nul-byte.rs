#[daemon::main(user = "www\0data")]
fn main() {}
