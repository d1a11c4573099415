//! Has an atexit(3) handler from before the launch, which writes the number of the process that
//! runs it. It ends when `end` is released, and fails before it is ready if there is no
//! `end`. Its argument is the directory of `end`, of the pidfile, and of what the handler writes to.
#![expect(unsafe_code, reason = "calls C")]

use std::fs::{OpenOptions, metadata, read};
use std::io::{self, Write};
use std::path::PathBuf;

#[daemon::main(configure = configure)]
fn main(ready: daemon::Ready) -> io::Result<()> {
    let end = directory().join("end");
    metadata(&end)?;
    ready.notify();
    read(end).map(drop)
}

fn configure(config: &mut daemon::Config) {
    config.pidfile(directory().join("daemon.pid"));
    // SAFETY: the handler is a function of this program, and does not unwind.
    assert_eq!(unsafe { libc::atexit(at_exit) }, 0);
}

fn directory() -> PathBuf {
    std::env::args_os().nth(1).expect("a directory").into()
}

extern "C" fn at_exit() {
    let path = directory().join("at_exit");
    let file = OpenOptions::new().append(true).create(true).open(path);
    // The test sees it if nothing was written.
    _ = file.and_then(|mut file| writeln!(file, "{}", std::process::id()));
}
