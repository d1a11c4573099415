#[daemon::main(group = "adm", capabilities(net_bind_service))]
fn main() {}
