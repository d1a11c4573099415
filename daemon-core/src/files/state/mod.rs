//! The state file: what a daemon knows of itself, beside its pidfile, for its own commands to show.
//!
//! It answers when the program is stuck, stopped, or gone. There are two slots, each of one page,
//! and every change goes to the one that does not hold the present state, with the next sequence
//! number and a checksum: whoever reads finds one that is whole, even if the daemon was killed in
//! the middle of a change.

mod contents;
mod escape;
mod file;
pub(crate) mod own;
#[cfg(test)]
mod properties;
mod read;
mod slot;
mod writer;

pub use contents::Phase;
pub(crate) use contents::{Answer, Contents, Hold};
pub(crate) use file::StateFile;
pub(crate) use read::{Unreadable, read};

use std::ffi::OsString;
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};

use nix::unistd::{UnlinkatFlags, unlinkat};

use read::read_in;

/// The state file of the daemon that has this pidfile: `NAME.state` beside `NAME.pid`.
pub(crate) fn beside(pidfile: &Path) -> PathBuf {
    const EXTENSION: &str = "state";
    if pidfile.extension().is_some_and(|extension| extension == EXTENSION) {
        let mut name = OsString::from(pidfile);
        name.push(".");
        name.push(EXTENSION);
        return name.into();
    }
    pidfile.with_extension(EXTENSION)
}

/// Removes the state file beside this pidfile, whose lock the caller has. A program may have a file of
/// that name which is none. A relative path is looked up in this directory.
pub(crate) fn remove_beside(directory: BorrowedFd<'_>, pidfile: &Path) {
    let path = beside(pidfile);
    if matches!(read_in(directory, &path), Ok(_) | Err(Unreadable::AnotherVersion)) {
        let _ = unlinkat(directory, &path, UnlinkatFlags::NoRemoveDir);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::beside;

    #[test]
    fn it_is_beside_the_pidfile() {
        for (pidfile, state) in [
            ("/run/clockd.pid", "/run/clockd.state"),
            ("/run/clockd", "/run/clockd.state"),
            ("/run/a.b.pid", "/run/a.b.state"),
            ("/run/clockd.state", "/run/clockd.state.state"),
        ] {
            assert_eq!(beside(Path::new(pidfile)), Path::new(state));
        }
    }
}
