//! Executes the command that the arguments say in a new session keyring, with a key in it whose
//! number is in the variable `SESSION_KEY`. Exits with status 77 where there are no keyrings.
#![expect(unsafe_code, reason = "add_key(2) and keyctl(2) have no safe form")]

use std::env::args_os;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};
use std::ptr;

use nix::errno::Errno;

fn main() -> ExitCode {
    let words: Vec<_> = args_os().skip(1).collect();
    match add_key() {
        Ok(key) => {
            let mut command = Command::new(&words[0]);
            let error = command.args(&words[1..]).env("SESSION_KEY", key.to_string()).exec();
            panic!("cannot execute {words:?}: {error}");
        }
        Err(errno) => {
            eprintln!("no session keyring here: {errno}");
            ExitCode::from(77)
        }
    }
}

fn add_key() -> Result<libc::c_long, Errno> {
    let join = libc::KEYCTL_JOIN_SESSION_KEYRING;
    // SAFETY: the operation takes a name, and none is allowed.
    let joined = unsafe { libc::syscall(libc::SYS_keyctl, join, ptr::null::<libc::c_char>()) };
    Errno::result(joined)?;
    let content = b"a secret of root's session";
    // SAFETY: add_key(2) reads two strings and as many bytes as it is told there are.
    let key = unsafe {
        libc::syscall(
            libc::SYS_add_key,
            c"user".as_ptr(),
            c"daemon-tests".as_ptr(),
            content.as_ptr(),
            content.len(),
            libc::c_long::from(libc::KEY_SPEC_SESSION_KEYRING),
        )
    };
    Errno::result(key)
}
