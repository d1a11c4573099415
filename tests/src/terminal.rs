//! A terminal of our own, and how a command stands to it.

use std::{
    fs::OpenOptions,
    io::Write,
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::fs::OpenOptionsExt,
    },
    path::PathBuf,
};

use nix::{
    errno::Errno,
    fcntl::OFlag,
    libc::winsize,
    pty::{grantpt, posix_openpt, ptsname_r, unlockpt},
};

use crate::captured::Captured;

/// ^C: SIGINT to the foreground process group.
pub const CTRL_C: &str = "\x03";
/// ^Q: output flows again.
pub const CTRL_Q: &str = "\x11";
/// ^S: output stops, and whoever writes waits once the terminal's buffer is full.
pub const CTRL_S: &str = "\x13";
/// ^Z: SIGTSTP to the foreground process group.
pub const CTRL_Z: &str = "\x1a";

/// What a command is to its terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    /// As a shell runs `command`: a process group of its own, in the foreground, below a
    /// session leader (without one there is no ^Z: orphaned groups do not stop).
    Foreground,
    /// As a shell runs `command &`.
    Background,
    /// As `xterm -e command` or `docker run -t` does: the session leader itself.
    SessionLeader,
}

/// A pseudo-terminal of 80 by 24, with the kernel's usual settings: it echoes, turns `\n` into
/// `\r\n`, and makes signals of control characters.
#[derive(Debug)]
pub(crate) struct Terminal {
    master: Captured,
}

impl Terminal {
    /// The terminal, and the end of it that the command gets.
    #[expect(unsafe_code, reason = "nix has no safe TIOCSWINSZ")]
    pub(crate) fn open() -> (Self, OwnedFd) {
        // Not openpty(3), which cannot set close-on-exec: another test's command would keep
        // this terminal from being hung up.
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let master = posix_openpt(flags).expect("a pseudo-terminal");
        grantpt(&master).expect("grantpt");
        unlockpt(&master).expect("unlockpt");
        let path = PathBuf::from(ptsname_r(&master).expect("the terminal's name"));
        let size = winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        // SAFETY: TIOCSWINSZ reads a winsize, which outlives the call.
        let set = unsafe { libc::ioctl(master.as_raw_fd(), libc::TIOCSWINSZ, &size) };
        Errno::result(set).expect("the terminal's size");
        let slave = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(libc::O_NOCTTY)
            .open(path)
            .expect("the terminal's other end");
        (Self { master: Captured::new(master.into()) }, slave.into())
    }

    pub(crate) fn drain(&mut self) {
        self.master.drain();
    }

    pub(crate) fn text(&self) -> String {
        self.master.text().replace("\r\n", "\n")
    }

    #[track_caller]
    pub(crate) fn type_text(&self, text: &str) {
        let mut master = self.master.file().expect("a terminal that was not hung up");
        master.write_all(text.as_bytes()).expect("typing at the terminal");
    }

    pub(crate) fn hang_up(&mut self) {
        self.master.close();
    }
}
