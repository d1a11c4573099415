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
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use nix::unistd::{Uid, UnlinkatFlags, unlinkat};

use read::read_in;

use crate::error::Error;
use crate::files::advice::Wanted;
use crate::process::identity::Identity;
use crate::process::own::OwnProcess;

/// What can be done with a state file; through this alone, so that the code for it is linked only into
/// programs that ask for verbs.
#[derive(Debug)]
pub(crate) struct Steps {
    open: fn(Wanted<'_>, Uid, u32) -> Result<StateFile, Error>,
    begin: Begin,
}

type Begin =
    fn(StateFile, Contents, OwnProcess, Option<&Identity>, bool) -> Result<Option<OwnedFd>, Error>;

static STEPS: OnceLock<Steps> = OnceLock::new();

/// Makes state files possible in this process.
pub(crate) fn provide() {
    STEPS.get_or_init(|| Steps { open: StateFile::open, begin: own::begin });
}

/// Opens the state file, creating it if need be, beside a pidfile that is locked: so nobody else
/// writes to it, and the directory is as safe as the pidfile's. `None` in a program without verbs.
pub(crate) fn open(wanted: Wanted<'_>, euid: Uid, umask: u32) -> Result<Option<StateFile>, Error> {
    STEPS.get().map(|steps| (steps.open)(wanted, euid, umask)).transpose()
}

/// In the daemon: writes the first state, and keeps the file for the life of this process, which
/// becomes this user if that is another one. Returns a descriptor to close.
pub(crate) fn begin(
    file: StateFile,
    contents: Contents,
    owner: OwnProcess,
    becomes: Option<&Identity>,
    changes_root: bool,
) -> Result<Option<OwnedFd>, Error> {
    match STEPS.get() {
        None => Ok(None),
        Some(steps) => (steps.begin)(file, contents, owner, becomes, changes_root),
    }
}

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
