//! What has come out of a pipe or a terminal so far.

use std::{
    fs::File,
    io::{ErrorKind, Read},
    os::fd::OwnedFd,
};

use nix::{
    errno::Errno,
    fcntl::{FcntlArg, OFlag, fcntl},
};

/// The reading end, and what came out of it. It is read when somebody asks, not before: a test
/// that does not look is a terminal that nobody reads.
#[derive(Debug)]
pub(crate) struct Captured {
    /// Until it is closed.
    file: Option<File>,
    bytes: Vec<u8>,
    ended: bool,
}

impl Captured {
    pub(crate) fn new(fd: OwnedFd) -> Self {
        let flags = fcntl(&fd, FcntlArg::F_GETFL).expect("the flags of a descriptor");
        let nonblocking = OFlag::from_bits_retain(flags) | OFlag::O_NONBLOCK;
        fcntl(&fd, FcntlArg::F_SETFL(nonblocking)).expect("O_NONBLOCK");
        Self { file: Some(fd.into()), bytes: Vec::new(), ended: false }
    }

    /// Takes what is there, without waiting.
    pub(crate) fn drain(&mut self) {
        let Some(file) = &mut self.file else { return };
        let mut buffer = [0; 4096];
        loop {
            match file.read(&mut buffer) {
                Ok(0) => {
                    self.ended = true;
                    return;
                }
                Ok(length) => self.bytes.extend_from_slice(&buffer[..length]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // Nobody has the terminal open just now; somebody may open it again.
                Err(error) if error.raw_os_error() == Some(Errno::EIO as i32) => return,
                Err(error) => panic!("cannot read what the command wrote: {error}"),
            }
        }
    }

    /// Whether nobody holds the writing end of the pipe any more, as of the last look.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The file, until it is closed.
    pub(crate) fn file(&self) -> Option<&File> {
        self.file.as_ref()
    }

    /// Takes what is there and closes the file.
    pub(crate) fn close(&mut self) {
        self.drain();
        self.file = None;
    }
}
