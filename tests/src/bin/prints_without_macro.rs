//! Prints before `Config::run`, with Rust's and with C's standard library, lines and pieces of
//! lines.
#![expect(unsafe_code, reason = "calls C")]

use std::process::ExitCode;

fn main() -> ExitCode {
    println!("rust 1");
    print!("rust 2, ");
    // SAFETY: a string that ends with a zero byte.
    unsafe { libc::puts(c"c 1".as_ptr()) };
    // SAFETY: a format that takes nothing.
    unsafe { libc::printf(c"c 2, ".as_ptr()) };
    daemon::Config::new("prints_without_macro").run(|ready| {
        println!("in the body");
        ready.notify();
    })
}
