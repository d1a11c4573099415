//! A daemon with every option.

use tokio as _;

/// An alternative to literals.
const MASK: u32 = 0o027;

/// The daemon.
#[daemon::main(
    name = "echod",
    pidfile = "/run/echod.pid",
    umask = MASK,
    chdir = inherit,
    chroot = "/srv/jail",
    user = "www-data",
    group = 4,
    stdout = null,
    stderr,
    mode = background,
    start_timeout = 30,
    notification_fd = 3,
    limits(nofile = 1024, core = unlimited, nproc = (100, 200)),
    no_new_privs,
    capabilities(net_bind_service)
)]
fn main() {}
