#[daemon::main(net_bind_service, CAP_CHOWN)]
fn main() {}
