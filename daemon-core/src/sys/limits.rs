//! Limits: getrlimit(2), setrlimit(2).

use std::mem::MaybeUninit;

use nix::errno::Errno;

/// The number of a resource, whose type differs between C libraries.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) type Number = libc::__rlimit_resource_t;
/// The number of a resource, whose type differs between C libraries.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) type Number = libc::c_int;

/// The resources that every system has.
macro_rules! everywhere {
    ($($name:ident = $number:ident,)*) => {
        $(pub(crate) const $name: Option<Number> = Some(libc::$number as Number);)*
    };
}

/// The resources that only Linux has.
macro_rules! linux {
    ($($name:ident = $number:ident,)*) => {
        $(
            #[cfg(any(target_os = "linux", target_os = "android"))]
            pub(crate) const $name: Option<Number> = Some(libc::$number as Number);
            #[cfg(not(any(target_os = "linux", target_os = "android")))]
            pub(crate) const $name: Option<Number> = None;
        )*
    };
}

everywhere! {
    AS = RLIMIT_AS,
    CORE = RLIMIT_CORE,
    CPU = RLIMIT_CPU,
    DATA = RLIMIT_DATA,
    FSIZE = RLIMIT_FSIZE,
    MEMLOCK = RLIMIT_MEMLOCK,
    NOFILE = RLIMIT_NOFILE,
    NPROC = RLIMIT_NPROC,
    RSS = RLIMIT_RSS,
    STACK = RLIMIT_STACK,
}

linux! {
    LOCKS = RLIMIT_LOCKS,
    MSGQUEUE = RLIMIT_MSGQUEUE,
    NICE = RLIMIT_NICE,
    RTPRIO = RLIMIT_RTPRIO,
    RTTIME = RLIMIT_RTTIME,
    SIGPENDING = RLIMIT_SIGPENDING,
}

/// `getrlimit(resource)`: the soft and the hard limit; `u64::MAX` means no limit. See getrlimit(2).
pub(crate) fn get(resource: Number) -> Result<(u64, u64), Errno> {
    let mut limit = MaybeUninit::<libc::rlimit>::uninit();
    // SAFETY: getrlimit(2) writes one rlimit.
    Errno::result(unsafe { libc::getrlimit(resource, limit.as_mut_ptr()) })?;
    // SAFETY: the call succeeded, so it wrote the limit.
    let limit = unsafe { limit.assume_init() };
    let ours = |limit| if limit == libc::RLIM_INFINITY { u64::MAX } else { limit };
    Ok((ours(limit.rlim_cur), ours(limit.rlim_max)))
}

/// `setrlimit(resource, soft, hard)`: sets both; `u64::MAX` means no limit. See setrlimit(2).
pub(crate) fn set(resource: Number, soft: u64, hard: u64) -> Result<(), Errno> {
    let kernels = |limit| if limit == u64::MAX { libc::RLIM_INFINITY } else { limit };
    let limit = libc::rlimit { rlim_cur: kernels(soft), rlim_max: kernels(hard) };
    // SAFETY: setrlimit(2) reads one rlimit, which lives during the call.
    Errno::result(unsafe { libc::setrlimit(resource, &raw const limit) }).map(drop)
}
