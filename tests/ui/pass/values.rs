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

mod nothing {
    #[daemon::main]
    pub fn main() {}
}

mod empty {
    #[daemon::main()]
    pub fn main() {}
}

mod brackets {
    #[daemon::main[mode = foreground]]
    pub fn main() {}
}

mod braces {
    #[daemon::main { mode = foreground }]
    pub fn main() {}
}

mod imported {
    use daemon::main;

    #[main(mode = foreground,)]
    pub fn main() {}
}

mod literals {
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
    pub fn main() {}
}

mod every_limit {
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
    pub fn main() {}
}

mod every_capability {
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
    pub fn main() {}
}

/// `configure` may set the user.
mod capabilities_of_a_user_to_come {
    #[daemon::main(configure = |config| { config.user(33); }, capabilities(net_bind_service))]
    pub fn main() {}
}

mod words {
    #[daemon::main(
        pidfile,
        umask = 0,
        stdout = null,
        stderr = inherit,
        mode = auto,
        start_timeout = never
    )]
    pub fn main() {}
}

mod bare {
    #[daemon::main(pidfile, stdout, stderr, mode = background)]
    pub fn main() {}
}

mod constants {
    #[daemon::main(
        name = super::NAME,
        pidfile = crate::PIDFILE,
        umask = super::GROUP | 0o007,
        chdir = super::RUN,
        chroot = super::JAIL,
        user = super::USER,
        group = super::ADM,
        stdout = concat!("/var/log/", "echod", ".log"),
        stderr = { super::Log::PATH },
        mode = super::MODE,
        start_timeout = super::SECONDS * 2,
        limits(
            nofile = super::FILES,
            nproc = (super::FILES / 2, crate::FILES),
            stack = (super::FILES, unlimited)
        ),
    )]
    pub fn main() {}
}

mod expressions {
    #[allow(unused_parens)]
    #[daemon::main(
        umask = super::limits::mask::<0o020, { 0o003 + 0o004 }>(),
        pidfile = if cfg!(debug_assertions) { "/tmp/echod.pid" } else { super::PIDFILE },
        start_timeout = super::SECONDS as u64,
        user = 1_000 + 1,
        group = concat!("a", "dm"),
        limits(
            nofile = super::limits::mask::<1, 2>() as u64,
            as = super::SECONDS as u64 * 1024,
            core = (super::SECONDS),
            nproc = (super::limits::mask::<1, 2>() as u64, { super::SECONDS }),
            stack = if cfg!(debug_assertions) { 1 << 23 } else { u64::MAX },
        ),
        mode = match super::GROUP { 0 => daemon::Mode::Auto, _ => daemon::Mode::Foreground },
    )]
    pub fn main() {}
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

mod close_together {
    #[daemon::main(mode=foreground,umask=!0&0o027,configure=|_|(),privileged=||())]
    pub fn main() {}
}

mod lists_close_together {
    #[daemon::main(mode=foreground,limits(core=0,locks=(1,2)),no_new_privs,start_timeout=!0)]
    pub fn main() {}
}

/// An option's name is no stranger as a constant's name.
mod same_names {
    const UMASK: u32 = 0o027;
    const MASK_OF_LITTLE_IMPORTANCE: u32 = UMASK;
    #[allow(non_upper_case_globals)]
    const value: u32 = MASK_OF_LITTLE_IMPORTANCE;

    #[daemon::main(mode = foreground, umask = value)]
    pub fn main() {}
}

fn main() {
    brackets::main();
    braces::main();
    imported::main();
    close_together::main();
    lists_close_together::main();
    same_names::main();
    // The others would leave the terminal, or write to /run and /var/log.
    if std::env::args_os().len() > 1 {
        nothing::main();
        empty::main();
        literals::main();
        every_limit::main();
        every_capability::main();
        capabilities_of_a_user_to_come::main();
        words::main();
        bare::main();
        constants::main();
        expressions::main();
    }
}
