#[daemon::main("no_new_privs", user = 33, capabilities("net_bind_service"))]
fn main() {}
