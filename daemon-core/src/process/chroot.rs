//! A root directory of the daemon's own; see chroot(2).

use std::fs;
use std::os::fd::RawFd;
use std::path::Path;

use nix::errno::Errno;
use nix::sys::stat::SFlag;
use nix::unistd::{chdir, chroot};

use crate::error::{Error, ErrorKind, errno_of, words_of};
use crate::process::capabilities::{Capability, Lacking, lacking};
use crate::sys;
use crate::sys::inode::file_type;

/// Checks what can be checked before the fork.
pub(crate) fn check(directory: &Path) -> Result<(), Error> {
    let refuse = |kind, why: &str, advice: &str| {
        let what = format!("cannot change the root directory to {}: {why}", directory.display());
        Err(Error::new(kind, what).advise(advice))
    };
    if let Some(Lacking { why, advice }) = lacking(Capability::SysChroot) {
        return refuse(ErrorKind::Permission, &why, advice);
    }
    match fs::metadata(directory) {
        Ok(metadata) if metadata.is_dir() => Ok(()),
        Ok(_) => refuse(ErrorKind::Config, "it is not a directory", "choose another directory"),
        Err(error) => {
            let errno = errno_of(error);
            refuse(ErrorKind::Config, &words_of(errno), "create it, or choose another directory")
        }
    }
}

/// Makes this the root directory and the working directory: a working directory outside it would be
/// a way out, `..` by `..`.
pub(crate) fn enter(directory: &Path) -> Result<(), Error> {
    refuse_ways_out()?;
    let enter = || {
        chroot(directory)?;
        chdir("/")
    };
    enter().map_err(|errno| {
        let kind = match errno {
            Errno::EPERM | Errno::EACCES => ErrorKind::Permission,
            _ => ErrorKind::System,
        };
        let what = format!("cannot change the root directory to {}", directory.display());
        Error::new(kind, what).because(errno)
    })
}

/// An open directory is a way out too: after fchdir(2) to it, `..` leads up to the real root
/// directory.
fn refuse_ways_out() -> Result<(), Error> {
    let listed = fs::read_dir(sys::proc::OPEN_DESCRIPTORS).map_err(|error| {
        let errno = errno_of(error);
        let what = "cannot tell whether a descriptor leads out of the new root directory";
        Error::new(ErrorKind::System, what).because(errno).advise("mount /proc")
    })?;
    let numbers: Vec<RawFd> =
        listed.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect();
    match numbers.into_iter().find(|number| is_directory(*number)) {
        None => Ok(()),
        Some(number) => {
            let path = fs::read_link(format!("{}/{number}", sys::proc::OPEN_DESCRIPTORS));
            let path = path.map_or_else(|_| String::new(), |path| format!(" ({})", path.display()));
            let what = format!(
                "cannot change the root directory: descriptor {number} is a directory{path}, and \
                 so a way out"
            );
            Err(Error::new(ErrorKind::Software, what).advise("close it before the launch"))
        }
    }
}

/// The descriptor that the list itself was read with does not count: it is closed by now.
fn is_directory(number: RawFd) -> bool {
    sys::descriptors::status(number).is_some_and(|status| file_type(&status) == SFlag::S_IFDIR)
}
