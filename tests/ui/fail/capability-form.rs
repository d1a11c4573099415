#[daemon::main(user = 33, capabilities(chown = true, "kill", Capability::Kill, setuid setgid))]
fn main() {}
