//! Ways to end by a fault or by a signal.
#![expect(unsafe_code, reason = "a fault of memory, and C, have no safe form")]

use std::{hint::black_box, ptr};

/// Sends itself a signal: by its number, because nix does not name the real-time signals.
pub(crate) fn by_signal(number: i32) {
    // SAFETY: raise(3) takes a number.
    unsafe { libc::raise(number) };
}

/// A segmentation fault.
pub(crate) fn by_reading_at_address_8() {
    // SAFETY: nothing is mapped there, so the kernel ends the process before there is a value.
    black_box(unsafe { ptr::without_provenance::<u64>(8).read_volatile() });
}

/// Uses up its stack.
pub(crate) fn by_overflow() {
    black_box(overflow(black_box(1)));
}

#[expect(unconditional_recursion, reason = "a stack overflow is the subject")]
fn overflow(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    black_box(overflow(frame[0])) + frame[63]
}

/// A failed assertion of a C library.
pub(crate) fn by_an_assertion_in_c() {
    unsafe extern "C" {
        /// What the macro assert(3) calls.
        fn __assert_fail(
            assertion: *const libc::c_char,
            file: *const libc::c_char,
            line: libc::c_uint,
            function: *const libc::c_char,
        ) -> !;
    }
    // SAFETY: strings that live for ever.
    unsafe { __assert_fail(c"size > 0".as_ptr(), c"pool.c".as_ptr(), 42, c"grow".as_ptr()) }
}
