//! The monotonic clock as the kernel counts it: clock_gettime(2).

use std::mem::MaybeUninit;

/// `clock_gettime(CLOCK_MONOTONIC)`, in microseconds; see clock_gettime(2).
pub(crate) fn monotonic_microseconds() -> u64 {
    let mut now: MaybeUninit<libc::timespec> = MaybeUninit::zeroed();
    // SAFETY: the time lives during the call. It cannot fail for this clock.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, now.as_mut_ptr()) };
    // SAFETY: a time of zeroes is valid, and clock_gettime(2) has written it.
    let now = unsafe { now.assume_init() };
    // Neither is negative: the clock begins at the start of the machine.
    now.tv_sec as u64 * 1_000_000 + now.tv_nsec as u64 / 1_000
}
