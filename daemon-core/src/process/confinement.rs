//! Where and as whom the body runs: root directory, user, privileges, working directory.

use std::fs;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::unistd::{AccessFlags, Uid, chdir, geteuid};

use crate::error::{Error, ErrorKind, errno_of};
use crate::process::chroot;
use crate::process::identity::Identity;
use crate::sys;
use crate::sys::ids::may_access;

/// The confinement of the daemon, for when everything that only root can do is done.
#[derive(Debug)]
pub(crate) struct Confinement {
    /// The root directory, if it is to change.
    root: Option<PathBuf>,
    /// The user that the daemon becomes, if it becomes another one.
    identity: Option<Identity>,
    no_new_privs: bool,
    /// Whether the kernel is to write core files of the daemon again after the change of user.
    allows_core: bool,
    /// The working directory, inside the root directory, if it is to change.
    directory: Option<PathBuf>,
}

impl Confinement {
    /// Checks the requested directories with the rights that the daemon will have.
    ///
    /// Without `directory`, the working directory is `default_directory`, if that is given;
    /// everybody can enter it. `wants_core` says whether a core file is asked for.
    pub(crate) fn plan(
        root: Option<&Path>,
        identity: Option<Identity>,
        no_new_privs: bool,
        wants_core: bool,
        directory: Option<&Path>,
        default_directory: Option<&Path>,
    ) -> Result<Self, Error> {
        // Before anything is done as the user, which clears the flag as well. Where it is clear
        // already, for a program that its user must not read, it stays so.
        let allows_core = wants_core && identity.is_some() && sys::is_dumpable();
        if let Some(root) = root {
            chroot::check(root)?;
        }
        // A symbolic link resolves differently inside the new root, so only chdir(2) itself can
        // tell.
        if let (Some(directory), None) = (directory, root) {
            check_directory(directory, identity.as_ref())?;
        }
        let directory = directory.or(default_directory).map(Path::to_owned);
        let root = root.map(Path::to_owned);
        Ok(Confinement { root, identity, no_new_privs, allows_core, directory })
    }

    /// The user that the daemon becomes, if it becomes another one.
    pub(crate) fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// Whether the root directory changes.
    pub(crate) fn changes_root(&self) -> bool {
        self.root.is_some()
    }

    /// From here on the daemon has no more rights, and sees no more of the file system, than it
    /// should; the rights are read back.
    pub(crate) fn enter(&self) -> Result<(), Error> {
        if let Some(root) = &self.root {
            chroot::enter(root)?;
        }
        if let Some(identity) = &self.identity {
            identity.become_permanently()?;
        }
        if self.no_new_privs {
            forbid_new_privileges()?;
        }
        if let Some(directory) = &self.directory {
            chdir(directory.as_path())
                .map_err(|errno| cannot_enter(directory, self.root.as_deref(), geteuid(), errno))?;
        }
        if let Some(identity) = &self.identity {
            identity.verify()?;
        }
        if self.allows_core {
            sys::make_dumpable().map_err(|errno| {
                Error::cannot("allow a core file after the change of user", errno)
            })?;
        }
        Ok(())
    }
}

fn forbid_new_privileges() -> Result<(), Error> {
    let refused = match sys::set_no_new_privs() {
        Ok(true) => return Ok(()),
        Ok(false) => Errno::EINVAL,
        Err(errno) => errno,
    };
    Err(Error::cannot("set `no_new_privs`", refused))
}

/// Whether the daemon can use this as its working directory, as the user that it becomes.
fn check_directory(directory: &Path, identity: Option<&Identity>) -> Result<(), Error> {
    let search = || match fs::metadata(directory) {
        Ok(metadata) if !metadata.is_dir() => Err(Errno::ENOTDIR),
        Ok(_) => may_access(directory, AccessFlags::X_OK),
        Err(error) => Err(errno_of(error)),
    };
    let searchable = match identity {
        Some(identity) => identity.act_temporarily(search)?,
        None => search(),
    };
    let uid = identity.map_or_else(geteuid, |identity| identity.uid);
    searchable.map_err(|errno| cannot_enter(directory, None, uid, errno))
}

/// The error for a chdir(2) that fails, or that the plan expects to fail.
fn cannot_enter(directory: &Path, root: Option<&Path>, uid: Uid, errno: Errno) -> Error {
    let kind = match errno {
        Errno::EACCES | Errno::EPERM => ErrorKind::Permission,
        Errno::ENOENT | Errno::ENOTDIR | Errno::ELOOP | Errno::ENAMETOOLONG => ErrorKind::Config,
        _ => ErrorKind::System,
    };
    let advice = match errno {
        Errno::ENOENT => "create it, or choose another directory".to_owned(),
        Errno::EACCES => format!("let uid {uid} enter it, or choose another directory"),
        _ => "choose another directory".to_owned(),
    };
    let inside = root.map_or(String::new(), |root| format!(" inside {}", root.display()));
    Error::new(kind, format!("cannot change to the directory {}{inside}", directory.display()))
        .because(errno)
        .advise(advice)
}
