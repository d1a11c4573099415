#[daemon::main(user = 33, capabilities(net_bind_servce, chwon, port_80))]
fn main() {}
