//! Limits: getrlimit(2), setrlimit(2).

use std::mem::MaybeUninit;

use nix::errno::Errno;

// The calls whose limits have 64 bits, also where a C library has others of 32, as on 32-bit Linux.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
use libc::{RLIM_INFINITY, getrlimit, rlimit, setrlimit};
#[cfg(any(target_os = "linux", target_os = "android"))]
use libc::{
    RLIM64_INFINITY as RLIM_INFINITY, getrlimit64 as getrlimit, rlimit64 as rlimit,
    setrlimit64 as setrlimit,
};

/// The number of a resource, whose type differs between C libraries.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) type Number = libc::__rlimit_resource_t;
/// The number of a resource, whose type differs between C libraries.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) type Number = libc::c_int;

/// The number of each resource, on the systems that have it.
macro_rules! numbers {
    ($($name:ident = $number:expr, if $has_it:meta;)*) => {
        $(
            #[cfg($has_it)]
            pub(crate) const $name: Option<Number> = Some($number as Number);
            #[cfg(not($has_it))]
            pub(crate) const $name: Option<Number> = None;
        )*
    };
}

numbers! {
    AS = libc::RLIMIT_AS, if not(target_os = "openbsd");
    CORE = libc::RLIMIT_CORE, if unix;
    CPU = libc::RLIMIT_CPU, if unix;
    DATA = libc::RLIMIT_DATA, if unix;
    FSIZE = libc::RLIMIT_FSIZE, if unix;
    LOCKS = libc::RLIMIT_LOCKS, if any(target_os = "linux", target_os = "android");
    MEMLOCK = libc::RLIMIT_MEMLOCK, if not(any(target_os = "illumos", target_os = "solaris"));
    MSGQUEUE = libc::RLIMIT_MSGQUEUE, if any(target_os = "linux", target_os = "android");
    NICE = libc::RLIMIT_NICE, if any(target_os = "linux", target_os = "android");
    NOFILE = libc::RLIMIT_NOFILE, if unix;
    NPROC = libc::RLIMIT_NPROC, if not(any(target_os = "illumos", target_os = "solaris"));
    RSS = libc::RLIMIT_RSS, if not(any(target_os = "illumos", target_os = "solaris"));
    RTPRIO = libc::RLIMIT_RTPRIO, if any(target_os = "linux", target_os = "android");
    // Missing in libc for Android.
    RTTIME = 15, if any(target_os = "linux", target_os = "android");
    SIGPENDING = libc::RLIMIT_SIGPENDING, if any(target_os = "linux", target_os = "android");
    STACK = libc::RLIMIT_STACK, if unix;
}

/// `getrlimit(resource)`: the soft and the hard limit; `u64::MAX` means no limit. See getrlimit(2).
pub(crate) fn get(resource: Number) -> Result<(u64, u64), Errno> {
    let mut limit = MaybeUninit::<rlimit>::uninit();
    // SAFETY: getrlimit(2) writes one rlimit.
    Errno::result(unsafe { getrlimit(resource, limit.as_mut_ptr()) })?;
    // SAFETY: the call succeeded, so it wrote the limit.
    let limit = unsafe { limit.assume_init() };
    Ok((from_system(limit.rlim_cur, RLIM_INFINITY), from_system(limit.rlim_max, RLIM_INFINITY)))
}

/// `setrlimit(resource, soft, hard)`: sets both; `u64::MAX` means no limit. See setrlimit(2).
pub(crate) fn set(resource: Number, soft: u64, hard: u64) -> Result<(), Errno> {
    let limit = rlimit {
        rlim_cur: to_system(soft, RLIM_INFINITY),
        rlim_max: to_system(hard, RLIM_INFINITY),
    };
    // SAFETY: setrlimit(2) reads one rlimit, which lives during the call.
    Errno::result(unsafe { setrlimit(resource, &raw const limit) }).map(drop)
}

/// A limit in the system's type, which has a sign on FreeBSD. One that it cannot hold is none.
fn to_system<T: TryFrom<u64>>(limit: u64, unlimited: T) -> T {
    if limit == u64::MAX { unlimited } else { limit.try_into().unwrap_or(unlimited) }
}

/// A limit from the system's type; the number that stands for "no limit" differs too.
fn from_system<T: PartialEq + TryInto<u64>>(limit: T, unlimited: T) -> u64 {
    if limit == unlimited { u64::MAX } else { limit.try_into().unwrap_or(u64::MAX) }
}
