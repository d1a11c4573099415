//! The files that are refused because somebody else may have prepared them, and how they are opened,
//! so that nothing put there leads elsewhere or makes us wait.

use nix::fcntl::OFlag;
use nix::sys::stat::{FileStat, SFlag};
use nix::unistd::Uid;

use crate::error::{Error, ErrorKind};
use crate::files::advice::Wanted;
use crate::sys::inode::file_type;

/// A symbolic link as the last part of the path is never followed, and a FIFO put there does not
/// make us wait for somebody to open its other end.
pub(super) const OPEN_FLAGS: OFlag =
    OFlag::O_NOFOLLOW.union(OFlag::O_NONBLOCK).union(OFlag::O_NOCTTY).union(OFlag::O_CLOEXEC);

/// Why this is not a file of one name, if it is not.
pub(super) fn not_one_regular_file(status: &FileStat) -> Option<String> {
    if file_type(status) != SFlag::S_IFREG {
        return Some("it is not a regular file".to_owned());
    }
    let links = status.st_nlink;
    (links > 1).then(|| format!("it has {links} links, so it is another file too"))
}

/// A file that somebody else prepared is not ours to lock or to write to. It is the pidfile, or
/// another one that lies beside it.
pub(super) fn refuse_foreign(
    wanted: Wanted<'_>,
    euid: Uid,
    status: &FileStat,
) -> Result<(), Error> {
    let refuse = |why: String, advice: &str| {
        let what = format!("cannot use the {wanted}: {why}");
        Err(Error::new(ErrorKind::CannotCreate, what).advise(advice))
    };
    if let Some(why) = not_one_regular_file(status) {
        return refuse(why, "remove it, or choose another pidfile");
    }
    if status.st_uid != euid.as_raw() {
        let why = format!("it belongs to uid {}, not to uid {}", status.st_uid, euid);
        return refuse(why, "remove it, or choose a pidfile in a directory of your own");
    }
    Ok(())
}
