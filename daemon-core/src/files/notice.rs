//! Messages of the library itself in the daemon, where no command waits for them.

use std::io::stdin;
use std::os::fd::{AsFd, BorrowedFd};

use crate::supervisor::parent::serves_a_connection;
use crate::sys::descriptors::{PIPE_BUF, write_without_waiting};
use crate::sys::fstat;
use crate::sys::inode::Inode;
use crate::text;

/// Writes a line to standard error, unless that would make us wait: a stopped terminal must not
/// stop the daemon. Nor does it write to a client's connection, as inetd(8) passes it: the client
/// would not know what to make of the line. At most `PIPE_BUF` bytes, which a pipe takes at once or
/// not at all. Without the standard library's lock, which another thread may hold for ever.
pub(crate) fn say(name: &str, message: &str) {
    let mut line = text::printable(&format!("{name}: {message}"));
    text::truncate(&mut line, PIPE_BUF - 1);
    line.push('\n');
    let stderr = std::io::stderr();
    if !is_the_connection(stderr.as_fd()) {
        write_without_waiting(stderr.as_fd(), line.as_bytes());
    }
}

fn is_the_connection(stderr: BorrowedFd<'_>) -> bool {
    let inode = |fd| fstat(fd).ok().map(|status| Inode::of(&status));
    inode(stderr) == inode(stdin().as_fd()) && serves_a_connection()
}
