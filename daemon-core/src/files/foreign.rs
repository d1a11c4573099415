//! The files that are refused because somebody else may have prepared them.

use nix::sys::stat::{FileStat, SFlag};
use nix::unistd::Uid;

use crate::error::{Error, ErrorKind};
use crate::files::advice::Wanted;
use crate::sys::inode::file_type;

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
    if file_type(status) != SFlag::S_IFREG {
        let why = "it is not a regular file".to_owned();
        return refuse(why, "remove it, or choose another pidfile");
    }
    if status.st_nlink > 1 {
        let why = format!("it has {} links, so it is another file too", status.st_nlink);
        return refuse(why, "remove it, or choose another pidfile");
    }
    if status.st_uid != euid.as_raw() {
        let why = format!("it belongs to uid {}, not to uid {}", status.st_uid, euid);
        return refuse(why, "remove it, or choose a pidfile in a directory of your own");
    }
    Ok(())
}
