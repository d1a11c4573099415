//! Becomes a sub-reaper, which execve(2) keeps, and then the program of its arguments.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

fn main() -> io::Result<()> {
    nix::sys::prctl::set_child_subreaper(true)?;
    let mut arguments = std::env::args_os().skip(1);
    let program = arguments.next().expect("a program");
    Err(Command::new(program).args(arguments).exec())
}
