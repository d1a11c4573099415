//! The attribute in a `macro_rules!`, with fragments of every kind.

macro_rules! echod {
    (
        $module:ident, $word:ident, $mask:literal, $pidfile:expr, $name:tt, $configure:path,
        $pattern:pat => $type:ty => $output:ty, $body:block, $library:path
    ) => {
        fn $module() -> std::io::Result<()> {
            #[daemon::main(
                mode = $word,
                umask = $mask,
                pidfile = $pidfile,
                name = $name,
                configure = $configure,
                crate = $library
            )]
            fn main($pattern: $type) -> $output $body

            main()
        }
    };
}

macro_rules! identity {
    (
        $module:ident, $user:expr, $group:literal, $jail:tt, $flag:ident,
        { $($resource:ident = $limit:expr),* }, $pair:tt, ($soft:expr, $hard:expr),
        [$($capability:tt),*]
    ) => {
        fn $module() {
            #[daemon::main(
                user = $user,
                group = $group,
                chroot = $jail,
                limits($($resource = $limit,)* rss = $pair, locks = ($soft, $hard)),
                capabilities($($capability),*),
                $flag
            )]
            fn main() {}

            main()
        }
    };
}

macro_rules! item {
    ($visibility:vis, $main:item) => {
        #[daemon::main(mode = foreground)]
        $main
    };
}

macro_rules! attribute {
    ($meta:meta, $ident:ident $body:block) => {
        #[$meta]
        fn $ident() $body
    };
}

macro_rules! nothing_from_outside {
    () => {
        #[daemon::main(mode = foreground)]
        fn main(ready: daemon::Ready) {
            ready.notify();
        }

        main()
    };
}

fn seven(_: &mut daemon::Config) -> i32 {
    7
}

echod!(fragments, foreground, 0o022, concat!("/run/", "echod.pid"), "echod", seven,
    seven => i32 => std::io::Result<()>, {
        assert_eq!(seven, 7);
        Ok(())
    }, daemon
);

identity!(
    identities, concat!("www-", "data"), 4, "/srv/jail", no_new_privs,
    { nofile = 65536, core = unlimited, nproc = (100, 200), as = crate::MEMORY as u64 },
    (100, unlimited), (1 + 1, unlimited), [net_bind_service, chown]
);

const MEMORY: u32 = 1 << 30;

fn items() {
    item!(
        pub,
        fn main(ready: daemon::Ready) {
            ready.notify()
        }
    );

    main()
}

fn attributes() {
    attribute!(daemon::main(mode = foreground), main {});

    main()
}

fn nothing() {
    nothing_from_outside!();
}

fn main() -> std::io::Result<()> {
    items();
    attributes();
    nothing();
    // They would write to /run, and take root, a jail and that user.
    if std::env::args_os().len() > 1 {
        identities();
        fragments()?;
    }
    Ok(())
}
