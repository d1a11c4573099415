//! Whether the files of a daemon could be opened, as far as can be told without opening them for
//! writing.

use std::fs;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::sys::stat::{SFlag, lstat};
use nix::unistd::{AccessFlags, geteuid};

use crate::error::{Error, ErrorKind, errno_of};
use crate::files::advice::Wanted;
use crate::files::foreign::refuse_foreign;
use crate::files::log::{self, Owner, Rights};
use crate::files::pidfile::{self, Pidfile};
use crate::files::state::{self, StateFile};
use crate::files::usual_places::missing_parents;
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
pub(crate) fn pidfile(path: &Path, owner: Owner<'_>, mode: Decided) -> Result<Held, Error> {
    let wanted = owner.wants(path, "pidfile");
    let is_optional = wanted.is_usual && mode == Decided::Foreground;
    match Pidfile::could_be_locked(wanted, owner.identity) {
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
pub(crate) fn log(path: &Path, owner: Owner<'_>) -> Result<(), Error> {
    let wanted = owner.wants(path, "log");
    let look = || could_be_opened(wanted, owner.identity);
    if !made_before(wanted, owner.identity).is_empty() {
        return look();
    }
    match log::rights(path, owner)? {
        Rights::Ours | Rights::OursForAnother(_) => look(),
        Rights::Another(identity) => identity.act_temporarily(look)?,
    }
}

fn could_be_opened(wanted: Wanted<'_>, identity: Option<&Identity>) -> Result<(), Error> {
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
        Err(Errno::ENOENT) => {
            could_be_made(wanted, identity).map_err(|errno| log::cannot_open(wanted, errno))
        }
        Err(errno) => Err(log::cannot_open(wanted, errno)),
    }
}

/// The directories that the start makes before the file: those of one in its usual place.
fn made_before(wanted: Wanted<'_>, identity: Option<&Identity>) -> Vec<PathBuf> {
    if wanted.is_usual { missing_parents(wanted.path, identity) } else { Vec::new() }
}

/// Whether it could be made, with the directories that are made before it.
fn could_be_made(wanted: Wanted<'_>, identity: Option<&Identity>) -> Result<(), Errno> {
    let made = made_before(wanted, identity);
    let highest = made.last().map_or(wanted.path, PathBuf::as_path);
    let directory = highest.parent().unwrap_or(highest);
    match fs::metadata(directory) {
        Ok(status) if !status.is_dir() => Err(Errno::ENOTDIR),
        Ok(_) => may_access(directory, AccessFlags::W_OK | AccessFlags::X_OK),
        Err(error) => Err(errno_of(error)),
    }
}

impl Pidfile {
    /// Whether it could be locked, by the refusals of a start and by who holds it.
    fn could_be_locked(wanted: Wanted<'_>, identity: Option<&Identity>) -> Result<(), Error> {
        let path = wanted.path;
        pidfile::refuse_own(path)?;
        let euid = geteuid();
        if Identity::is_weaker_than(identity, euid) && path.parent().is_some_and(Path::exists) {
            pidfile::refuse_foreign_directory(wanted, euid, identity)?;
        }
        let cannot = |errno| pidfile::cannot_create(wanted, errno);
        let Some(opened) = pidfile::Opened::at(path).map_err(cannot)? else {
            return could_be_made(wanted, identity).map_err(cannot);
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
            Err(Errno::ENOENT) => could_be_made(wanted, identity).map_err(cannot),
            accessed => accessed.map_err(cannot),
        }
    }
}
