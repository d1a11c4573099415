#[daemon::main(
    user = "www-data",
    capabilities(NetBindService, CAP_NET_BIND_SERVICE, CapNetRaw, net_bind)
)]
fn main() {}
