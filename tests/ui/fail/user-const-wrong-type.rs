const USER: i32 = 33;
const GROUP: Option<&str> = None;

#[daemon::main(user = USER, group = crate::GROUP)]
fn main() {}
