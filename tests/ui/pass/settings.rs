//! What the options say arrives at the setters of the same name.

use std::time::Duration;

use daemon::{Capability, Config, Limit, Mode, Output, Resource};

const FILES: u64 = 65536;
const NOBODY: u32 = 65534;

/// An ordinary program: not even a pidfile in a directory that is missing refuses it.
fn off() {
    #[daemon::main(mode = off, pidfile = "/no/such/directory/echod.pid", user = "nobody-at-all")]
    fn main(ready: daemon::Ready) {
        ready.notify();
    }

    main()
}

#[daemon::main(
    name = "echod",
    pidfile = "/run/echod.pid",
    umask = 0o077,
    chdir = "/var",
    chroot = "/srv/jail",
    user = "www-data",
    group = NOBODY,
    stdout,
    stderr = inherit,
    mode = foreground,
    start_timeout = never,
    notification_fd = 3,
    limits(nofile = FILES, core = 0, nproc = (100, FILES), as = (1, unlimited), stack = unlimited),
    no_new_privs,
    capabilities(net_bind_service, chown),
    configure = compare
)]
fn main() {
    off();
}

fn compare(config: &mut Config) {
    let mut set = Config::new("echod");
    set.pidfile("/run/echod.pid")
        .umask(0o077)
        .chdir("/var")
        .chroot("/srv/jail")
        .user("www-data")
        .group(65534)
        .stdout(Output::Usual)
        .stderr(Output::Inherit)
        .mode(Mode::Foreground)
        .start_timeout(Duration::MAX)
        .notification_fd(3)
        .limit(Resource::Nofile, 65536)
        .limit(Resource::Core, 0)
        .limit(Resource::Nproc, (100, 65536))
        .limit(Resource::As, (1, u64::MAX))
        .limit(Resource::Stack, Limit::UNLIMITED)
        .no_new_privs(true)
        .capabilities([Capability::NetBindService, Capability::Chown]);
    // The attribute knows the version of the package besides.
    let version = format!("{:?}", Some(env!("CARGO_PKG_VERSION")));
    let said = format!("{config:?}").replace(&format!("version: {version}"), "version: None");
    assert_eq!(said, format!("{set:?}"));

    // It takes root, a jail and that user.
    *config = Config::new("echod");
    config.mode(Mode::Foreground);
}
