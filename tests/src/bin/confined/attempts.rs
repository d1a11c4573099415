//! What a daemon that was taken over would try. Each attempt's result is one line: `ok`, what was
//! found, or the name of the error.
#![expect(unsafe_code, reason = "what an attacker would call has no safe form")]

use std::env;
use std::ffi::CStr;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use nix::unistd::{Gid, Uid, setegid, seteuid, setgid, setgroups, setuid};

/// Makes an attempt; an error is that of the fixture, not of the attempt.
pub(crate) fn make(what: &str, with: &str) -> io::Result<String> {
    Ok(match what {
        "setuid" => said(setuid(Uid::from_raw(0))),
        "seteuid" => said(seteuid(Uid::from_raw(0))),
        "setgid" => said(setgid(Gid::from_raw(0))),
        "setegid" => said(setegid(Gid::from_raw(0))),
        "setgroups" => said(setgroups(&[Gid::from_raw(0)])),
        "read" => said_of_file(File::open(with)),
        "write" => said_of_file(OpenOptions::new().append(true).open(with)),
        "remove" => said_of_file(fs::remove_file(with)),
        "lock" => said_of_file(File::open(with).and_then(|file| {
            let locked = Flock::lock(file, FlockArg::LockExclusiveNonblock);
            locked.map(drop).map_err(|(_, errno)| errno.into())
        })),
        // The descriptors of this file, opened once more, for writing.
        "reopen" => each(with, |path| said_of_file(OpenOptions::new().append(true).open(path)))?,
        // The descriptors of this file, as they are.
        "write-through" => each(with, write_through)?,
        // Out of a root directory, by a descriptor of a directory outside.
        "leave" => leave()?,
        "variable" => env::var_os(with)
            .map_or("unset".to_owned(), |value| value.to_string_lossy().into_owned()),
        "bind" => said_of_file(TcpListener::bind((Ipv4Addr::LOCALHOST, with.parse().unwrap()))),
        "say" => {
            eprintln!("{with}");
            "ok".to_owned()
        }
        "shell" => said_by_shell(with)?,
        "thread" => said_of_file(thread::Builder::new().spawn(|| {}).map(|it| it.join())),
        "read-key" => said(read_key(with)),
        "find-key" => said(find_key(c"user", c"daemon-tests")),
        _ => panic!("no attempt {what}"),
    })
}

fn said<T>(result: Result<T, Errno>) -> String {
    result.map_or_else(|errno| format!("{errno:?}"), |_| "ok".to_owned())
}

fn said_of_file<T>(result: io::Result<T>) -> String {
    said(result.map_err(|error| Errno::from_raw(error.raw_os_error().expect("a system's error"))))
}

/// Does something with each open descriptor of this file.
fn each(file: &str, act: impl Fn(&Path) -> String) -> io::Result<String> {
    let mut said = Vec::new();
    for entry in fs::read_dir("/proc/self/fd")? {
        let path = entry?.path();
        if fs::read_link(&path).is_ok_and(|target| target == Path::new(file)) {
            said.push(act(&path));
        }
    }
    Ok(said.join(" "))
}

fn write_through(descriptor: &Path) -> String {
    let number: i32 = descriptor.file_name().unwrap().to_str().unwrap().parse().unwrap();
    // SAFETY: writes one byte of a live string. Whether the descriptor takes it is the question.
    said(Errno::result(unsafe { libc::write(number, c"1".as_ptr().cast(), 1) }))
}

fn leave() -> io::Result<String> {
    let root = identity("/")?;
    let mut ways = Vec::new();
    for number in 0..1024 {
        // SAFETY: takes a number, of an open descriptor or not.
        if unsafe { libc::fchdir(number) } == 0 {
            ways.push(format!("fchdir({number})"));
        }
    }
    let up: PathBuf = ["..", "..", "..", "..", "..", "..", "..", ".."].iter().collect();
    if identity(&up)? != root {
        ways.push("..".to_owned());
    }
    Ok(if ways.is_empty() { "no way".to_owned() } else { ways.join(" ") })
}

fn identity(path: impl AsRef<Path>) -> io::Result<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).map(|metadata| (metadata.dev(), metadata.ino()))
}

/// What a program that is executed here says.
fn said_by_shell(line: &str) -> io::Result<String> {
    let output = Command::new("/bin/sh").arg("-c").arg(line).output()?;
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    Ok(said.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// `keyctl(KEYCTL_READ)`: whether the key's content can be read. The number is in this variable.
fn read_key(variable: &str) -> Result<(), Errno> {
    let key: libc::c_long = env::var(variable).expect("a key").parse().expect("a number");
    let mut content = [0_u8; 64];
    // SAFETY: KEYCTL_READ writes at most as many bytes as it is told there is room for.
    let length = unsafe {
        libc::syscall(libc::SYS_keyctl, libc::KEYCTL_READ, key, content.as_mut_ptr(), content.len())
    };
    Errno::result(length).map(drop)
}

/// `keyctl(KEYCTL_SEARCH)`: whether the session's keyring has such a key.
fn find_key(key_type: &CStr, name: &CStr) -> Result<(), Errno> {
    let session = libc::c_long::from(libc::KEY_SPEC_SESSION_KEYRING);
    // SAFETY: KEYCTL_SEARCH reads two strings, and adds what it finds to no keyring.
    let key = unsafe {
        libc::syscall(
            libc::SYS_keyctl,
            libc::KEYCTL_SEARCH,
            session,
            key_type.as_ptr(),
            name.as_ptr(),
            0,
        )
    };
    Errno::result(key).map(drop)
}
