#[daemon::main(no_new_privs(true))]
fn main() {}
