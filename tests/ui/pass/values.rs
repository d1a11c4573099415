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
        stdout = "/var/log/echod.log",
        stderr = r"/var/log/echod.log",
        mode = foreground,
        start_timeout = 1_000u64,
    )]
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
        stdout = concat!("/var/log/", "echod", ".log"),
        stderr = { super::Log::PATH },
        mode = super::MODE,
        start_timeout = super::SECONDS * 2,
    )]
    pub fn main() {}
}

mod expressions {
    #[daemon::main(
        umask = super::limits::mask::<0o020, { 0o003 + 0o004 }>(),
        pidfile = if cfg!(debug_assertions) { "/tmp/echod.pid" } else { super::PIDFILE },
        start_timeout = super::SECONDS as u64,
        mode = match super::GROUP { 0 => daemon::Mode::Auto, _ => daemon::Mode::Foreground },
    )]
    pub fn main() {}
}

const NAME: &str = "echod";
const MODE: daemon::Mode = daemon::Mode::Foreground;

struct Log;

impl Log {
    const PATH: &'static str = "/var/log/echod.log";
}

mod close_together {
    #[daemon::main(mode=foreground,umask=!0&0o027,configure=|_|(),privileged=||())]
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
    same_names::main();
    // The others would leave the terminal, or write to /run and /var/log.
    if std::env::args_os().len() > 1 {
        nothing::main();
        empty::main();
        literals::main();
        words::main();
        bare::main();
        constants::main();
        expressions::main();
    }
}
