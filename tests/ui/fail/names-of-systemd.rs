#[daemon::main(
    WorkingDirectory = "/",
    NoNewPrivileges = true,
    RootDirectory = "/srv/jail",
    AmbientCapabilities = "CAP_CHOWN",
    TimeoutStartSec = 5,
    StandardOutput = "null",
    UMask = 0o027,
    PIDFile = "/run/x.pid"
)]
fn main() {}
