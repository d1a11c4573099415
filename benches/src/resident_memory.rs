//! How large a program has become before it forks; `c/resident_memory.h` is the same in C.

use std::{env, hint, mem};

use nix::time::{ClockId, clock_gettime};

const PAGE: usize = 4096;

/// Touches every page of as many MiB as the second argument says, if there is one, and prints when
/// it was done, in ns of CLOCK_MONOTONIC: the time of the start counts from there.
pub fn touch_as_asked() {
    let Some(mebibytes) = env::args().nth(2) else { return };
    let mebibytes: usize = mebibytes.parse().expect("a number of MiB");
    let mut memory = vec![0_u8; mebibytes << 20];
    for page in memory.chunks_mut(PAGE) {
        page[0] = 1;
    }
    // Kept for the life of the process, and not optimized away.
    mem::forget(hint::black_box(memory));
    println!("{}", now());
}

/// The time by a clock that all processes share, in ns; see CLOCK_MONOTONIC in clock_gettime(2).
pub(crate) fn now() -> i64 {
    let now = clock_gettime(ClockId::CLOCK_MONOTONIC).expect("every system has this clock");
    now.tv_sec() * 1_000_000_000 + now.tv_nsec()
}
