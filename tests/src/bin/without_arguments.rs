//! Becomes the program that its first argument names, with no argument at all, not even a name.

use std::env;
use std::ffi::{CStr, CString};
use std::os::unix::ffi::OsStringExt;

fn main() {
    let program = env::args_os().nth(1).expect("a program");
    let program = CString::new(program.into_vec()).expect("a path");
    let none: [&CStr; 0] = [];
    let Err(error) = nix::unistd::execv(&program, &none);
    panic!("cannot become {program:?}: {error}");
}
