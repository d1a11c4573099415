//! A program without the macro that has a socket of its own at number 3 before it starts. It drops
//! all the sockets that were passed, says that it is ready, and uses its own.

use std::io::{self, Write};
use std::os::{fd::AsRawFd, unix::net::UnixStream};
use std::process::ExitCode;

use fixture::{Told, live_on};
use nix::fcntl::{FcntlArg, FdFlag, fcntl};

fn main() -> ExitCode {
    let mut config = daemon::Config::new("owns_number_3");
    Told::read(&mut config);
    let (mut socket, _other) = UnixStream::pair().expect("a pair");
    assert_eq!(socket.as_raw_fd(), 3, "the lowest number that is free");
    // As C code opens it; what closes on exec is refused, since nobody can have passed it.
    fcntl(&socket, FcntlArg::F_SETFD(FdFlag::empty())).expect("the flag");
    config.run(move |ready| -> io::Result<()> {
        daemon::sockets().for_each(drop);
        socket.write_all(b"!")?;
        ready.notify();
        socket.write_all(b"!")?;
        eprintln!("still open");
        live_on()
    })
}
