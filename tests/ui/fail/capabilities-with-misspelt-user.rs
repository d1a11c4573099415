#[daemon::main(usr = "www-data", capabilities(net_bind_service))]
fn main() {}
