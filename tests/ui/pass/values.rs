//! Every option with literals, words, nothing, and constant expressions.

const RUN: &str = "/run";
const PIDFILE: &str = "/run/echod.pid";
const GROUP: u32 = 0o020;
const SECONDS: u64 = 60;

mod limits {
    pub(crate) const fn mask<const GROUP: u32, const OTHERS: u32>() -> u32 {
        GROUP | OTHERS
    }
}

fn nothing() {
    #[daemon::main]
    fn main() {}

    main()
}

fn empty() {
    #[daemon::main()]
    fn main() {}

    main()
}

fn brackets() {
    #[daemon::main[mode = foreground]]
    fn main() {}

    main()
}

fn braces() {
    #[daemon::main { mode = foreground }]
    fn main() {}

    main()
}

fn imported() {
    use daemon::main;

    #[main(mode = foreground,)]
    fn main() {}

    main()
}

fn literals() {
    #[daemon::main(
        name = "echod",
        pidfile = "/run/echod.pid",
        umask = 0o0_27u32,
        chdir = "/",
        chroot = "/srv/jail/",
        user = "www-data",
        group = 4u32,
        stdout = "/var/log/echod.log",
        stderr = r"/var/log/echod.log",
        mode = foreground,
        start_timeout = 1_000u64,
        stop_timeout = 30,
        stop_delay = 0,
        limits(
            nofile = 65536,
            core = 0u64,
            nproc = (100, 200),
            as = (1 << 30, unlimited),
            stack = unlimited,
        ),
        no_new_privs,
        capabilities(net_bind_service, chown,),
    )]
    fn main() {}

    main()
}

fn every_limit() {
    #[daemon::main(limits(
        as = 0,
        core = 1,
        cpu = 2,
        data = 3,
        fsize = 4,
        locks = 5,
        memlock = 6,
        msgqueue = 7,
        nice = 8,
        nofile = 9,
        nproc = 10,
        rss = 11,
        rtprio = 12,
        rttime = 13,
        sigpending = 14,
        stack = 15
    ))]
    fn main() {}

    main()
}

fn every_capability() {
    #[daemon::main(
        user = 4294967294,
        capabilities(
            chown,
            dac_override,
            dac_read_search,
            fowner,
            fsetid,
            kill,
            setgid,
            setuid,
            setpcap,
            linux_immutable,
            net_bind_service,
            net_broadcast,
            net_admin,
            net_raw,
            ipc_lock,
            ipc_owner,
            sys_module,
            sys_rawio,
            sys_chroot,
            sys_ptrace,
            sys_pacct,
            sys_admin,
            sys_boot,
            sys_nice,
            sys_resource,
            sys_time,
            sys_tty_config,
            mknod,
            lease,
            audit_write,
            audit_control,
            setfcap,
            mac_override,
            mac_admin,
            syslog,
            wake_alarm,
            block_suspend,
            audit_read,
            perfmon,
            bpf,
            checkpoint_restore,
        )
    )]
    fn main() {}

    main()
}

/// `configure` may set the user.
fn capabilities_of_a_user_to_come() {
    #[daemon::main(configure = |config| { config.user(33); }, capabilities(net_bind_service))]
    fn main() {}

    main()
}

fn words() {
    #[daemon::main(
        pidfile,
        umask = inherit,
        chdir = inherit,
        stdout = null,
        stderr = inherit,
        mode = auto,
        start_timeout = never,
        stop_timeout = never
    )]
    fn main() {}

    main()
}

fn the_journal() {
    #[daemon::main(stdout = journal, stderr = journal)]
    fn main() {}

    main()
}

/// Where `mode` takes its type, the others do too.
fn types() {
    use daemon::{Output, Umask};

    #[daemon::main(
        pidfile = daemon::Pidfile::None,
        umask = Umask::Inherit,
        chdir = daemon::Chdir::Inherit,
        user = daemon::User::Id(33),
        group = daemon::Group::Id(ADM),
        stdout = Output::Null,
        stderr = if cfg!(test) { Output::Usual } else { Output::Inherit },
        mode = daemon::Mode::Foreground
    )]
    fn main() {}

    main()
}

fn bare() {
    #[daemon::main(pidfile, stdout, stderr, mode = background)]
    fn main() {}

    main()
}

fn constants() {
    #[daemon::main(
        name = NAME,
        pidfile = crate::PIDFILE,
        umask = GROUP | 0o007,
        chdir = RUN,
        chroot = JAIL,
        user = USER,
        group = ADM,
        stdout = concat!("/var/log/", "echod", ".log"),
        stderr = { Log::PATH },
        mode = MODE,
        start_timeout = SECONDS * 2,
        stop_timeout = SECONDS / 2,
        stop_delay = SECONDS / 10,
        limits(
            nofile = FILES,
            nproc = (FILES / 2, crate::FILES),
            stack = (FILES, unlimited)
        ),
    )]
    fn main() {}

    main()
}

fn expressions() {
    #[allow(unused_parens)]
    #[daemon::main(
        umask = limits::mask::<0o020, { 0o003 + 0o004 }>(),
        pidfile = if cfg!(debug_assertions) { "/tmp/echod.pid" } else { PIDFILE },
        start_timeout = SECONDS as u64,
        user = 1_000 + 1,
        group = concat!("a", "dm"),
        limits(
            nofile = limits::mask::<1, 2>() as u64,
            as = SECONDS as u64 * 1024,
            core = (SECONDS),
            nproc = (limits::mask::<1, 2>() as u64, { SECONDS }),
            stack = if cfg!(debug_assertions) { 1 << 23 } else { u64::MAX },
        ),
        mode = match GROUP { 0 => daemon::Mode::Auto, _ => daemon::Mode::Foreground },
    )]
    fn main() {}

    main()
}

const NAME: &str = "echod";
const JAIL: &str = "/srv/jail";
const USER: &str = "www-data";
const ADM: u32 = 4;
const FILES: u64 = 65536;
const MODE: daemon::Mode = daemon::Mode::Foreground;

struct Log;

impl Log {
    const PATH: &'static str = "/var/log/echod.log";
}

fn close_together() {
    #[daemon::main(mode=foreground,umask=!0&0o027,configure=|_|(),privileged=||())]
    fn main() {}

    main()
}

fn lists_close_together() {
    #[daemon::main(mode=foreground,limits(core=0,locks=(1,2)),no_new_privs,start_timeout=!0)]
    fn main() {}

    main()
}

/// An option's name is no stranger as a constant's name.
fn same_names() {
    const UMASK: u32 = 0o027;
    const MASK_OF_LITTLE_IMPORTANCE: u32 = UMASK;
    #[allow(non_upper_case_globals)]
    const value: i32 = 3;

    #[daemon::main(
        mode = foreground,
        umask = UMASK | MASK_OF_LITTLE_IMPORTANCE,
        notification_fd = value
    )]
    fn main() {}

    main()
}

fn main() {
    brackets();
    braces();
    imported();
    close_together();
    lists_close_together();
    same_names();
    // The others would leave the terminal, or write to /run and /var/log.
    if std::env::args_os().len() > 1 {
        nothing();
        empty();
        literals();
        every_limit();
        every_capability();
        capabilities_of_a_user_to_come();
        words();
        the_journal();
        types();
        bare();
        constants();
        expressions();
    }
}
