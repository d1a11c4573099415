//! The monotonic clocks as the kernel counts them: clock_gettime(2).

use std::mem::MaybeUninit;

/// `clock_gettime(CLOCK_MONOTONIC)`, in microseconds; see clock_gettime(2).
pub(crate) fn monotonic_microseconds() -> u64 {
    microseconds_of(libc::CLOCK_MONOTONIC)
}

/// `clock_gettime(CLOCK_BOOTTIME)`, in milliseconds: the time since the machine was started, which
/// the start of a process is counted by; see proc_pid_stat(5), "starttime".
pub(crate) fn milliseconds_since_boot() -> u64 {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let clock = libc::CLOCK_BOOTTIME;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let clock = libc::CLOCK_MONOTONIC;
    microseconds_of(clock) / 1000
}

fn microseconds_of(clock: libc::clockid_t) -> u64 {
    let mut now: MaybeUninit<libc::timespec> = MaybeUninit::zeroed();
    // SAFETY: the time lives during the call. It cannot fail for these clocks.
    unsafe { libc::clock_gettime(clock, now.as_mut_ptr()) };
    // SAFETY: a time of zeroes is valid, and clock_gettime(2) has written it.
    let now = unsafe { now.assume_init() };
    // Neither is negative: the clock begins at the start of the machine.
    now.tv_sec as u64 * 1_000_000 + now.tv_nsec as u64 / 1_000
}
