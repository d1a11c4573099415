//! The programs that are compared, by name.

/// A program that is measured, each with a pidfile as its argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// What a process costs in C.
    EmptyC,
    /// A C program that only sleeps.
    SleepingC,
    /// The measure: a daemon as one writes it by hand in C.
    ByHand,
    /// The same program under another name, to see what the name alone changes.
    ByHandAgain,
    /// The measure, closing inherited descriptors one by one up to their limit.
    CloseLoop,
    /// The C library libdaemon.
    Libdaemon,
    /// What a process costs in Rust.
    EmptyRust,
    /// A Rust program that only sleeps.
    SleepingRust,
    /// A daemon as one writes it by hand in Rust, in the steps of the C program.
    RustByHand,
    /// What is measured: the attribute.
    Ours,
    /// The same program under another name, to see what the name alone changes.
    OursAgain,
    /// `Config::run`, without the attribute.
    WithoutMacro,
    /// The crate `daemonize`.
    Daemonize,
    /// The crate `fork`.
    Fork,
}

impl Subject {
    /// Its name in tables and plots.
    pub fn name(self) -> &'static str {
        match self {
            Subject::EmptyC => "C, empty main",
            Subject::ByHand => "C, by hand",
            Subject::ByHandAgain => "C, by hand, again",
            Subject::CloseLoop => "C, close loop",
            Subject::Libdaemon => "C, libdaemon",
            Subject::EmptyRust => "Rust, empty main",
            Subject::RustByHand => "Rust, by hand",
            Subject::Ours => "#[daemon::main]",
            Subject::OursAgain => "#[daemon::main], again",
            Subject::WithoutMacro => "daemon::Config::run",
            Subject::Daemonize => "crate daemonize",
            Subject::Fork => "crate fork",
            Subject::SleepingC => "C, sleeping",
            Subject::SleepingRust => "Rust, sleeping",
        }
    }

    /// The program of the same language and linking that does nothing, if it is not one itself.
    pub fn empty(self) -> Option<Subject> {
        match self {
            Subject::EmptyC | Subject::EmptyRust | Subject::SleepingC | Subject::SleepingRust => {
                None
            }
            Subject::ByHand | Subject::ByHandAgain | Subject::CloseLoop | Subject::Libdaemon => {
                Some(Subject::EmptyC)
            }
            Subject::RustByHand
            | Subject::Ours
            | Subject::OursAgain
            | Subject::WithoutMacro
            | Subject::Daemonize
            | Subject::Fork => Some(Subject::EmptyRust),
        }
    }

    /// The steps of the C program that it does not take.
    pub fn leaves_out(self) -> &'static str {
        match self {
            Subject::Libdaemon => "keep the pidfile locked",
            Subject::RustByHand => "close inherited descriptors",
            Subject::Daemonize => {
                "wait for the daemon, close inherited descriptors, 0600, O_NOFOLLOW"
            }
            Subject::Fork => "wait for the daemon, close inherited descriptors, pidfile, umask",
            _ => "",
        }
    }

    /// Whether the command returns only once the daemon has said that it is ready.
    pub fn waits(self) -> bool {
        !matches!(self, Subject::Daemonize | Subject::Fork)
    }

    /// Whether it leaves a daemon behind.
    pub(crate) fn is_daemon(self) -> bool {
        self.empty().is_some()
    }
}
