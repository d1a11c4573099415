//! Prints in `configure`, with Rust's and with C's standard library, and in its body, which ends
//! once it is ready and a FIFO, if its argument names one, is released. With the argument `refused`
//! the start is refused after the printing.
#![expect(unsafe_code, reason = "calls C")]

use std::ffi::CStr;
use std::io::{self, Write};

#[daemon::main(configure = configure, stdout = inherit)]
fn main(ready: daemon::Ready) -> io::Result<()> {
    print!("rust 3, ");
    print_c(c"c 3, ");
    ready.notify_with("ready");
    if let Some(fifo) = std::env::args().nth(1) {
        std::fs::read(fifo)?;
    }
    print!("rust 4.");
    print_c(c"c 4.");
    io::stdout().flush()
}

fn configure(config: &mut daemon::Config) {
    // Neither a line nor enough of one, so it stays in the buffers.
    print!("rust 1, ");
    print_c(c"c 1, ");
    print!("rust 2, ");
    print_c(c"c 2, ");
    if std::env::args().nth(1).as_deref() == Some("refused") {
        config.chdir("/nowhere");
    }
}

fn print_c(text: &CStr) {
    // SAFETY: the format takes one string, and gets one.
    unsafe { libc::printf(c"%s".as_ptr(), text.as_ptr()) };
}
