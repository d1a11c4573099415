//! Closes the inherited descriptors 3 and 10 in `configure` and gets the numbers again, for a file
//! of its own and for a socket; then says through both that they are still there. The arguments:
//! the pidfile and the file.
#![expect(unsafe_code, reason = "closes descriptors by their numbers")]

use std::env::args;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::net::UnixStream;

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
    loop {
        std::thread::park();
    }
}

fn reuse(config: &mut daemon::Config) -> io::Result<Reused> {
    config.pidfile(args().nth(1).expect("a pidfile"));
    for number in [3, 10] {
        // SAFETY: whoever starts this program passes both on, and they are nobody else's.
        drop(unsafe { OwnedFd::from_raw_fd(number) });
    }
    let file = OpenOptions::new().append(true).open(args().nth(2).expect("a file"))?;
    assert_eq!(file.as_raw_fd(), 3, "the lowest number that is free");
    let (socket, answer) = UnixStream::pair()?;
    // As C code does, without close-on-exec.
    let number = fcntl(&socket, FcntlArg::F_DUPFD(10))?;
    assert_eq!(number, 10);
    // SAFETY: the kernel has just made this descriptor, and nobody else knows of it.
    let socket = unsafe { UnixStream::from_raw_fd(number) };
    Ok(Reused { file, socket, answer })
}
