//! A daemon as one writes it by hand in Rust, in the steps of `c/daemon.c`: what the language and its
//! runtime cost, without what the library does beyond those steps.

use std::error::Error;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::process::exit;
use std::{fs, thread};

use fork::Fork;
use nix::fcntl::{Flock, FlockArg, OFlag};
use nix::sys::stat::{Mode, umask};
use nix::unistd::{chdir, dup2_stderr, dup2_stdin, dup2_stdout, pipe2};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).expect("usage: by_hand PIDFILE");
    let flags = OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let pidfile = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(flags.bits())
        .open(path)?;
    let mut pidfile = Flock::lock(pidfile, FlockArg::LockExclusiveNonblock)
        .map_err(|(_, errno)| format!("cannot lock the pidfile: {errno}"))?;
    let (reader, writer) = pipe2(OFlag::O_CLOEXEC)?;

    if let Fork::Parent(_) = fork::fork()? {
        drop(writer);
        let mut byte = [0];
        fs::File::from(reader).read_exact(&mut byte)?;
        // The lock is the daemon's.
        exit(0);
    }
    drop(reader);
    fork::setsid()?;
    if let Fork::Parent(_) = fork::fork()? {
        exit(0);
    }
    umask(Mode::from_bits_truncate(0o027));
    pidfile.set_len(0)?;
    writeln!(pidfile, "{}", std::process::id())?;
    chdir("/")?;
    let null = OpenOptions::new().read(true).write(true).open("/dev/null")?;
    dup2_stdin(&null)?;
    dup2_stdout(&null)?;
    dup2_stderr(&null)?;
    drop(null);
    let mut writer = fs::File::from(writer);
    writer.write_all(&[0])?;
    drop(writer);
    loop {
        thread::park();
    }
}
