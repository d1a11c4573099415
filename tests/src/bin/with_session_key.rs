//! Executes the command that the arguments say in a new session keyring, with a key in it whose
//! number is in the variable `SESSION_KEY`. If the first argument is a number, the keyring belongs
//! to that user. Exits with status 77 where there are no keyrings.
#![expect(unsafe_code, reason = "add_key(2) and keyctl(2) have no safe form")]

use std::env::args_os;
use std::ffi::CString;
use std::os::unix::process::CommandExt;
use std::process::{self, Command, ExitCode};

use nix::errno::Errno;

fn main() -> ExitCode {
    let mut words: Vec<_> = args_os().skip(1).collect();
    let owner = words[0].to_str().and_then(|word| word.parse().ok());
    if owner.is_some() {
        words.remove(0);
    }
    match add_key(owner) {
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

fn add_key(owner: Option<u32>) -> Result<libc::c_long, Errno> {
    let join = libc::KEYCTL_JOIN_SESSION_KEYRING;
    // It has a name, so that a test can forbid those without.
    let name = CString::new(format!("daemon-tests-{}", process::id())).expect("a name");
    // SAFETY: the operation takes a name, which lives during the call.
    let joined = unsafe { libc::syscall(libc::SYS_keyctl, join, name.as_ptr()) };
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
    if let Some(owner) = owner {
        let session = libc::c_long::from(libc::KEY_SPEC_SESSION_KEYRING);
        // SAFETY: the operation takes numbers; -1 leaves the group as it is.
        let given =
            unsafe { libc::syscall(libc::SYS_keyctl, libc::KEYCTL_CHOWN, session, owner, -1) };
        Errno::result(given)?;
    }
    Errno::result(key)
}
