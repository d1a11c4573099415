#[daemon::main(user = 33, capabilities = "net_bind_service")]
fn main() {}
