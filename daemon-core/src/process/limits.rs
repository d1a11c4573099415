//! Resource limits; see setrlimit(2).

use nix::errno::Errno;

use crate::error::{Error, ErrorKind};
use crate::process::capabilities::{Capability, Lacking, lacking};
use crate::sys;

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
    ($($(#[doc = $doc:literal])* $variant:ident $name:literal $constant:ident,)*) => {
        /// A resource that setrlimit(2) limits.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Resource {
            $($(#[doc = $doc])* $variant,)*
        }

        impl Resource {
            fn name(self) -> &'static str {
                match self {
                    $(Resource::$variant => $name,)*
                }
            }

            fn number(self) -> Option<sys::limits::Number> {
                match self {
                    $(Resource::$variant => sys::limits::$constant,)*
                }
            }
        }
    };
}

resources! {
    /// The size of the address space, in bytes.
    As "as" AS,
    /// The size of a core file, in bytes.
    Core "core" CORE,
    /// The processor time, in seconds.
    Cpu "cpu" CPU,
    /// The size of the data segment, in bytes.
    Data "data" DATA,
    /// The size of a file that the process writes, in bytes.
    Fsize "fsize" FSIZE,
    /// The number of locks; without effect since Linux 2.4.25.
    Locks "locks" LOCKS,
    /// The memory that may be locked, in bytes.
    Memlock "memlock" MEMLOCK,
    /// The memory for POSIX message queues, in bytes.
    Msgqueue "msgqueue" MSGQUEUE,
    /// How far the priority can be raised, as 20 minus the nice value.
    Nice "nice" NICE,
    /// One more than the largest descriptor number.
    Nofile "nofile" NOFILE,
    /// The number of the user's processes, threads included.
    Nproc "nproc" NPROC,
    /// The size of the resident set; without effect since Linux 2.4.30.
    Rss "rss" RSS,
    /// The real-time priority.
    Rtprio "rtprio" RTPRIO,
    /// The processor time between blocking calls in real-time scheduling, in microseconds.
    Rttime "rttime" RTTIME,
    /// The number of signals that may be queued.
    Sigpending "sigpending" SIGPENDING,
    /// The size of the main thread's stack, in bytes.
    Stack "stack" STACK,
}

/// A limit that can be set, as far as can be told beforehand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planned {
    resource: Resource,
    number: sys::limits::Number,
    limit: Limit,
}

/// Checks the requested limits: that the system has them, that soft is not above hard, and that the
/// kernel lets this process raise a hard limit.
pub(crate) fn plan(asked: &[(Resource, Limit)]) -> Result<Vec<Planned>, Error> {
    asked.iter().map(|(resource, limit)| check(*resource, *limit)).collect()
}

/// Whether a core file is asked for, of any size.
pub(crate) fn want_core(asked: &[(Resource, Limit)]) -> bool {
    asked.iter().any(|(resource, limit)| *resource == Resource::Core && limit.soft > 0)
}

fn check(resource: Resource, limit: Limit) -> Result<Planned, Error> {
    let refuse = |kind, why: String, advice: &str| {
        Err(Error::new(kind, format!("cannot limit {}: {why}", resource.name())).advise(advice))
    };
    let Some(number) = resource.number() else {
        let why = "this system has no such limit".to_owned();
        return refuse(ErrorKind::Config, why, "leave it out here");
    };
    if !limit.is_ordered() {
        let why = format!("{} is above the hard limit of {}", say(limit.soft), say(limit.hard));
        return refuse(ErrorKind::Config, why, "ask for no more than the hard limit");
    }
    let current = sys::limits::get(number).map_err(|errno| cannot_set(resource, limit, errno))?;
    if limit.hard > current.1 {
        try_to_raise(number, current, limit.hard).map_err(|errno| {
            let (asked, hard) = (say(limit.hard), say(current.1));
            match lacking(Capability::SysResource) {
                Some(Lacking { why, advice }) if errno == Errno::EPERM => {
                    let what = format!(
                        "cannot limit {}: {asked} is above the hard limit of {hard}, and to raise \
                         that: {why}",
                        resource.name()
                    );
                    Error::new(ErrorKind::Permission, what)
                        .advise(format!("ask for less, or {advice}"))
                }
                _ => cannot_set(resource, limit, errno),
            }
        })?;
    }
    Ok(Planned { resource, number, limit })
}

/// Raises a hard limit and lowers it again, which nobody notices: the kernel alone knows whether it
/// will be raised. It asks for a capability that counts in the first user namespace only, and has
/// highest values of its own.
fn try_to_raise(
    number: sys::limits::Number,
    (soft, hard): (u64, u64),
    higher: u64,
) -> Result<(), Errno> {
    sys::limits::set(number, soft, higher)?;
    sys::limits::set(number, soft, hard)
}

pub(crate) fn set(limits: &[Planned]) -> Result<(), Error> {
    for Planned { resource, number, limit } in limits {
        sys::limits::set(*number, limit.soft, limit.hard)
            .map_err(|errno| cannot_set(*resource, *limit, errno))?;
    }
    Ok(())
}

fn cannot_set(resource: Resource, limit: Limit, errno: Errno) -> Error {
    let (soft, hard) = (say(limit.soft), say(limit.hard));
    let what = format!("limit {} to {soft}, at most {hard}", resource.name());
    Error::cannot(what, errno).permission_if_eperm().advise("ask for less")
}

fn say(limit: u64) -> String {
    if limit == u64::MAX { "unlimited".to_owned() } else { limit.to_string() }
}
