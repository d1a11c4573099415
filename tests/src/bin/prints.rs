//! Prints in `configure`, with Rust's and with C's standard library, and in its body, which ends
//! once it is ready and has taken its step, `wait:FILE`, if it has one.
#![expect(unsafe_code, reason = "calls C")]

use std::ffi::CStr;
use std::io::{self, Write};

use fixture::{Told, wait_for};

#[daemon::main(configure = configure, stdout = inherit)]
fn main(ready: daemon::Ready, told: Told) -> io::Result<()> {
    print!("rust 3, ");
    print_c(c"c 3, ");
    ready.notify_with("ready");
    for (verb, object) in told.steps() {
        assert_eq!(verb, "wait");
        wait_for(&told.file(object));
    }
    print!("rust 4.");
    print_c(c"c 4.");
    io::stdout().flush()
}

fn configure(config: &mut daemon::Config) -> Told {
    // Neither a line nor enough of one, so it stays in the buffers.
    print!("rust 1, ");
    print_c(c"c 1, ");
    print!("rust 2, ");
    print_c(c"c 2, ");
    Told::read(config)
}

fn print_c(text: &CStr) {
    // SAFETY: the format takes one string, and gets one.
    unsafe { libc::printf(c"%s".as_ptr(), text.as_ptr()) };
}
