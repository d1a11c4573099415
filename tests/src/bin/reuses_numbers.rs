//! Closes the inherited descriptors 3 and 10 in `configure` and gets the numbers again, for a file
//! of its own and for a socket; then says through both that they are still there. Its step,
//! `open:FILE`, is taken by `configure`.
#![expect(unsafe_code, reason = "closes descriptors by their numbers")]

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::net::UnixStream;

use fixture::{Told, live_on};
use nix::fcntl::{FcntlArg, fcntl};

struct Reused {
    file: File,
    socket: UnixStream,
    answer: UnixStream,
}

#[daemon::main(configure = reuse)]
fn main(ready: daemon::Ready, mut reused: Reused) -> io::Result<()> {
    reused.socket.write_all(b"!")?;
    io::Read::read_exact(&mut reused.answer, &mut [0])?;
    reused.file.write_all(b"still open\n")?;
    ready.notify();
    live_on()
}

fn reuse(config: &mut daemon::Config) -> io::Result<Reused> {
    let told = Told::read(config);
    let ("open", file) = told.only_step() else { panic!("no file") };
    for number in [3, 10] {
        // SAFETY: whoever starts this program passes both on, and they are nobody else's.
        drop(unsafe { OwnedFd::from_raw_fd(number) });
    }
    let file = OpenOptions::new().append(true).open(told.file(file))?;
    assert_eq!(file.as_raw_fd(), 3, "the lowest number that is free");
    let (socket, answer) = UnixStream::pair()?;
    // As C code does, without close-on-exec.
    let number = fcntl(&socket, FcntlArg::F_DUPFD(10))?;
    assert_eq!(number, 10);
    // SAFETY: the kernel has just made this descriptor, and nobody else knows of it.
    let socket = unsafe { UnixStream::from_raw_fd(number) };
    Ok(Reused { file, socket, answer })
}
