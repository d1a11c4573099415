//! One program in every edition.

fn configure(config: &mut daemon::Config) -> u32 {
    config.umask(0o022);
    7
}

fn with_options() {
    #[daemon::main(
        name = "edition",
        pidfile = concat!("/run/", "edition.pid"),
        umask = 0o020 | 0o007,
        mode = foreground,
        start_timeout = never,
        configure = configure
    )]
    fn main(_ready: daemon::Ready, seven: u32) {
        assert_eq!(seven, 7);
    }

    main()
}

fn identity() {
    #[daemon::main(
        user = "www-data",
        group = 2 + 2,
        chroot = "/srv/jail",
        limits(nofile = 65536, as = unlimited, nproc = (100, 100 + 100)),
        no_new_privs,
        capabilities(net_bind_service)
    )]
    fn main() {}

    main()
}

#[daemon::main(mode = foreground)]
fn main(ready: daemon::Ready) {
    ready.notify();
    // They would write to /run, and take root, a jail and that user.
    if std::env::args_os().len() > 1 {
        with_options();
        identity();
    }
}
