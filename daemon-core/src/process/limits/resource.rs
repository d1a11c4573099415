//! The resources and their limits, as they are asked for; see setrlimit(2).

/// The soft and the hard limit of a resource. The soft limit is the one that counts; the process
/// may raise it by itself, up to the hard one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// The limit that the kernel enforces.
    pub soft: u64,
    /// The most that the soft limit can be raised to.
    pub hard: u64,
}

impl Limit {
    /// No limit.
    pub const UNLIMITED: Limit = Limit { soft: u64::MAX, hard: u64::MAX };

    /// Whether the soft limit is within the hard one.
    pub(crate) const fn is_ordered(self) -> bool {
        self.soft <= self.hard
    }
}

impl From<u64> for Limit {
    /// The same number for both.
    fn from(both: u64) -> Self {
        Limit { soft: both, hard: both }
    }
}

impl From<(u64, u64)> for Limit {
    /// The soft limit, then the hard one.
    fn from((soft, hard): (u64, u64)) -> Self {
        Limit { soft, hard }
    }
}

/// The resources, each with its name in lower case, as in setrlimit(2) without `RLIMIT_`.
macro_rules! resources {
    ($($(#[doc = $doc:literal])* $variant:ident $name:literal,)*) => {
        /// A resource that setrlimit(2) limits.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Resource {
            $($(#[doc = $doc])* $variant,)*
        }

        impl Resource {
            pub(crate) fn name(self) -> &'static str {
                match self {
                    $(Resource::$variant => $name,)*
                }
            }
        }
    };
}

resources! {
    /// The size of the address space, in bytes.
    As "as",
    /// The size of a core file, in bytes.
    Core "core",
    /// The processor time, in seconds.
    Cpu "cpu",
    /// The size of the data segment, in bytes.
    Data "data",
    /// The size of a file that the process writes, in bytes.
    Fsize "fsize",
    /// The number of locks; without effect since Linux 2.4.25.
    Locks "locks",
    /// The memory that may be locked, in bytes.
    Memlock "memlock",
    /// The memory for POSIX message queues, in bytes.
    Msgqueue "msgqueue",
    /// How far the priority can be raised, as 20 minus the nice value.
    Nice "nice",
    /// One more than the largest descriptor number.
    Nofile "nofile",
    /// The number of the user's processes, threads included.
    Nproc "nproc",
    /// The size of the resident set; without effect since Linux 2.4.30.
    Rss "rss",
    /// The real-time priority.
    Rtprio "rtprio",
    /// The processor time between blocking calls in real-time scheduling, in microseconds.
    Rttime "rttime",
    /// The number of signals that may be queued.
    Sigpending "sigpending",
    /// The size of the main thread's stack, in bytes.
    Stack "stack",
}
