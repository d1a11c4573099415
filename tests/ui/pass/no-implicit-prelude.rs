//! The expansion takes no name from the prelude.

#![no_implicit_prelude]

fn args(_: &mut ::daemon::Config) -> ::std::result::Result<u16, ::std::string::String> {
    ::std::result::Result::Ok(0)
}

fn open(port: u16) -> u16 {
    port
}

fn pipeline() {
    #[::daemon::main(
        name = "echod",
        umask = 0o027,
        mode = foreground,
        start_timeout = never,
        limits(core = (0, unlimited), nofile = 256),
        configure = args,
        privileged = open
    )]
    fn main(ready: ::daemon::Ready, port: u16) {
        ::std::assert_eq!(port, 0);
        ready.notify();
    }

    main()
}

fn identity() {
    #[::daemon::main(
        mode = foreground,
        chroot = "/srv/jail",
        user = "www-data",
        group = 4,
        no_new_privs,
        capabilities(net_bind_service)
    )]
    fn main() {}

    main()
}

#[::daemon::main(mode = foreground)]
fn main() {
    pipeline();
    // It takes root, a jail and that user.
    if ::std::option::Option::is_some(&::std::env::var_os("NOBODY_SETS_THIS")) {
        identity();
    }
}
