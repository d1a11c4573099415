//! A pipe that is full: whoever writes to it waits.

use std::os::fd::OwnedFd;

use nix::{
    fcntl::{FcntlArg, OFlag, fcntl},
    unistd::{pipe2, write},
};

/// Both ends of a pipe that takes no byte any more, the reading one first.
#[track_caller]
pub fn full_pipe() -> (OwnedFd, OwnedFd) {
    let (reader, writer) = pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK).expect("a pipe");
    while write(&writer, &[b'x'; 4096]).is_ok() {}
    fcntl(&writer, FcntlArg::F_SETFL(OFlag::empty())).expect("a pipe that blocks");
    (reader, writer)
}
