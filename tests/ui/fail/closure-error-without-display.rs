struct Refused;

#[daemon::main(privileged = || Err::<(), Refused>(Refused))]
fn main() {}
