//! The expansion triggers no lint.

#![forbid(warnings, unsafe_code, missing_docs, unreachable_pub, unused, future_incompatible)]
#![forbid(let_underscore, nonstandard_style, rust_2018_idioms, rust_2021_compatibility)]
#![forbid(rust_2024_compatibility, keyword_idents, refining_impl_trait)]
#![forbid(
    absolute_paths_not_starting_with_crate,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    let_underscore_drop,
    macro_use_extern_crate,
    meta_variable_misuse,
    missing_copy_implementations,
    missing_debug_implementations,
    non_ascii_idents,
    redundant_imports,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unused_extern_crates,
    unused_import_braces,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]

fn args(_: &mut daemon::Config) -> Result<u16, String> {
    Ok(0)
}

fn open(port: u16) -> std::io::Result<(u16, std::net::TcpListener)> {
    Ok((port, std::net::TcpListener::bind(("127.0.0.1", port))?))
}

/// A pipeline with everything.
fn pipeline() -> std::io::Result<()> {
    /// The daemon.
    #[daemon::main(
        name = "echod",
        pidfile = "/run/echod.pid",
        umask = 0o027,
        chdir = "/",
        chroot = "/srv/jail",
        user = "www-data",
        group = 4,
        stdout = null,
        stderr,
        mode = foreground,
        start_timeout = 30,
        stop_timeout = 20,
        stop_delay = 5,
        limits(nofile = 65536, core = unlimited, nproc = (100, 200)),
        no_new_privs,
        capabilities(net_bind_service),
        configure = args,
        privileged = open
    )]
    fn main(
        ready: daemon::Ready,
        (port, listener): (u16, std::net::TcpListener),
    ) -> std::io::Result<()> {
        assert_ne!(listener.local_addr()?.port(), port);
        ready.notify();
        Ok(())
    }

    main()
}

/// A pipeline of `()`.
fn units() {
    fn set(_: &mut daemon::Config) {}
    fn open() {}

    /// The daemon.
    #[daemon::main(mode = foreground, configure = set, privileged = open)]
    fn main() {}

    main();
}

/// A value alone.
fn value() {
    /// The daemon.
    #[daemon::main(mode = foreground, configure = |_| 7)]
    fn main(seven: i32) {
        assert_eq!(seven, 7);
    }

    main();
}

/// The program.
#[daemon::main(mode = foreground)]
pub fn main() -> std::io::Result<()> {
    units();
    value();
    // It would write to /run.
    if std::env::args_os().len() > 1 { pipeline() } else { Ok(()) }
}
