#[daemon::main(user = 33, capabilities(CAP_NET_BIND_SERVICE, NET_RAW, cap_chown))]
fn main() {}
