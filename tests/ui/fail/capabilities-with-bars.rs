#[daemon::main(user = "www-data", capabilities(chown | kill + net_raw))]
fn main() {}
