#[daemon::main(start-timeout = 5, no-new-privs, working-directory = "/", no-such-option = 7)]
fn main() {}
