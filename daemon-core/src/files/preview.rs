//! Whether the files of a daemon could be opened, as far as can be told without opening them for
//! writing.

use std::fs;
use std::path::Path;

use nix::errno::Errno;
use nix::sys::stat::{SFlag, lstat};
use nix::unistd::{AccessFlags, geteuid};

use crate::error::{Error, ErrorKind, errno_of};
use crate::files::advice::Wanted;
use crate::files::foreign::refuse_foreign;
use crate::files::log::{self, Owner};
use crate::files::pidfile::{self, Pidfile};
use crate::files::safe_directories::writable_by_others;
use crate::files::state::{self, StateFile};
use crate::files::usual_places::UsualFile;
use crate::process::identity::Identity;
use crate::supervisor::decision::Decided;
use crate::sys::ids::may_access;
use crate::sys::inode::file_type;

/// What would become of the pidfile.
#[derive(Debug)]
pub(crate) enum Held {
    ByNobody,
    /// The start would go on without one.
    DoneWithout(Error),
}

/// Whether this pidfile could be locked.
pub(crate) fn pidfile(
    path: &Path,
    usual: &[UsualFile],
    owner: Owner<'_>,
    mode: Decided,
) -> Result<Held, Error> {
    let wanted = owner.wants(path, "pidfile");
    let is_optional = wanted.is_usual && mode == Decided::Foreground;
    match Pidfile::could_be_locked(wanted, owner.identity, may_make_parent(path, usual)) {
        Ok(()) => Ok(Held::ByNobody),
        Err(error) if is_optional && error.kind() != ErrorKind::AlreadyRunning => {
            Ok(Held::DoneWithout(error))
        }
        Err(error) => Err(error),
    }
}

/// Whether the state file beside this pidfile could be opened.
pub(crate) fn state(pidfile: &Path, owner: Owner<'_>) -> Result<(), Error> {
    let wanted = owner.wants(pidfile, "pidfile");
    StateFile::could_be_opened(wanted.state_file(&state::beside(pidfile)))
}

/// Whether this log could be opened, as the start would.
pub(crate) fn log(path: &Path, usual: &[UsualFile], owner: Owner<'_>) -> Result<(), Error> {
    let wanted = owner.wants(path, "log");
    let euid = geteuid();
    let look = || could_be_opened(wanted, usual);
    let identity = owner.identity.filter(|identity| !identity.uid.is_root());
    let directory = path.parent().unwrap_or(path);
    let is_foreign = Identity::is_weaker_than(owner.identity, euid)
        && matches!(writable_by_others(directory, euid, owner.identity), Ok(Some(_)));
    match identity.filter(|_| is_foreign) {
        Some(identity) => identity.act_temporarily(look)?,
        None if is_foreign => {
            let what = format!("cannot open the {wanted}: others can write to its directory");
            Err(Error::new(ErrorKind::CannotCreate, what)
                .advise("choose a directory that only root can write"))
        }
        None => look(),
    }
}

fn could_be_opened(wanted: Wanted<'_>, usual: &[UsualFile]) -> Result<(), Error> {
    let path = wanted.path;
    match lstat(path) {
        Ok(status) if file_type(&status) == SFlag::S_IFLNK => {
            Err(log::cannot_open(wanted, Errno::ELOOP))
        }
        Ok(status) if file_type(&status) == SFlag::S_IFDIR => {
            Err(log::cannot_open(wanted, Errno::EISDIR))
        }
        Ok(status) => {
            log::refuse_unfit(path, &status)?;
            may_access(path, AccessFlags::W_OK).map_err(|errno| log::cannot_open(wanted, errno))
        }
        Err(Errno::ENOENT) => could_be_made(path, may_make_parent(path, usual))
            .map_err(|errno| log::cannot_open(wanted, errno)),
        Err(errno) => Err(log::cannot_open(wanted, errno)),
    }
}

/// The parent of a file in its usual place is made if it is missing.
fn may_make_parent(path: &Path, usual: &[UsualFile]) -> bool {
    usual.iter().any(|usual| usual.path == path)
}

/// Whether a file of this name could be made, and if need be the directories above it.
pub(super) fn could_be_made(path: &Path, with_parents: bool) -> Result<(), Errno> {
    let mut directory = path.parent().unwrap_or(path);
    while with_parents && matches!(directory.try_exists(), Ok(false)) {
        directory = directory.parent().unwrap_or(Path::new("/"));
    }
    match fs::metadata(directory) {
        Ok(status) if !status.is_dir() => Err(Errno::ENOTDIR),
        Ok(_) => may_access(directory, AccessFlags::W_OK | AccessFlags::X_OK),
        Err(error) => Err(errno_of(error)),
    }
}

impl Pidfile {
    /// Whether it could be locked, by the refusals of a start and by who holds it.
    fn could_be_locked(
        wanted: Wanted<'_>,
        identity: Option<&Identity>,
        with_parents: bool,
    ) -> Result<(), Error> {
        let path = wanted.path;
        let euid = geteuid();
        if Identity::is_weaker_than(identity, euid) && path.parent().is_some_and(Path::exists) {
            pidfile::refuse_foreign_directory(wanted, euid, identity)?;
        }
        let cannot = |errno| pidfile::cannot_create(wanted, errno);
        let Some(opened) = pidfile::Opened::at(path).map_err(cannot)? else {
            return could_be_made(path, with_parents).map_err(cannot);
        };
        let status = opened.status();
        refuse_foreign(wanted, euid, status)?;
        match opened.holder() {
            pidfile::Found::Nobody => {}
            pidfile::Found::Process(pid) => return Err(pidfile::already_running(path, Some(pid))),
            pidfile::Found::Unnamed | pidfile::Found::Unproven(_) => {
                return Err(pidfile::already_running(path, None));
            }
        }
        pidfile::refuse_other_content(path, opened.file(), status.st_size)?;
        match may_access(path, AccessFlags::W_OK) {
            // Its daemon has removed it in between.
            Err(Errno::ENOENT) => could_be_made(path, with_parents).map_err(cannot),
            accessed => accessed.map_err(cannot),
        }
    }
}
