//! The files of a daemon, opened together: pidfile, logs, standard streams.

mod advice;
mod foreign;
pub(crate) mod log;
pub(crate) mod notice;
pub(crate) mod paths;
pub(crate) mod pidfile;
pub(crate) mod preview;
mod redirection;
mod removal;
pub(crate) mod safe_directories;
pub(crate) mod startup_output;
pub(crate) mod state;
pub(crate) mod stdio;
pub(crate) mod usual_places;

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};
use crate::files::log::Owner;
use crate::files::paths::{Paths, PidfilePath};
use crate::files::pidfile::{LeftBehind, Pidfile};
use crate::files::state::StateFile;
use crate::files::stdio::Stdio;
use crate::supervisor::decision::Decided;

/// All files of a daemon, open.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) locked: Option<Locked>,
    pub(crate) stdio: Stdio,
    /// The directories that were created for the files in their usual places.
    made: Vec<PathBuf>,
    /// Why there is no pidfile although one was asked for.
    pub(crate) without_pidfile: Option<Error>,
}

impl Files {
    /// Opens them. If one of them cannot be opened, the file system is left as it was.
    pub(crate) fn open(paths: Paths, mode: Decided, owner: Owner<'_>) -> Result<Self, Error> {
        let usual = paths.in_usual_places.clone();
        let owner = owner.with_usual(&usual);
        let made: Vec<_> = usual
            .iter()
            .flat_map(|file| usual_places::create_parent(&file.path, owner.identity))
            .collect();
        match open(paths, mode, owner) {
            Ok((locked, without_pidfile, stdio)) => {
                Ok(Files { locked, stdio, made, without_pidfile })
            }
            Err(error) => {
                usual_places::remove(&made);
                Err(error)
            }
        }
    }

    /// Leaves the file system as it was, for a start that fails before there is a daemon.
    pub(crate) fn undo(&self) {
        self.stdio.undo();
        self.locked.iter().for_each(Locked::undo);
        usual_places::remove(&self.made);
    }
}

/// The pidfile, locked, and the state file beside it, if the daemon says something of itself there.
#[derive(Debug)]
pub(crate) struct Locked {
    pub(crate) pidfile: Pidfile,
    pub(crate) state: Option<StateFile>,
}

impl Locked {
    fn open(path: &Path, has_state: bool, owner: Owner<'_>) -> Result<Self, Error> {
        let wanted = owner.wants(path, "pidfile");
        let pidfile = Pidfile::lock(wanted, owner.identity)?;
        let beside = state::beside(path);
        let wanted = wanted.state_file(&beside);
        let state = match has_state {
            false => None,
            true => state::open(wanted, pidfile.owner(), owner.umask())
                .inspect_err(|_| pidfile.undo())?,
        };
        Ok(Locked { pidfile, state })
    }

    /// Leaves both as they were.
    pub(crate) fn undo(&self) {
        // While the lock is still there.
        self.state.iter().for_each(StateFile::undo);
        self.pidfile.undo();
    }

    /// In the process that watches: what is needed to remove both if the daemon dies during its start.
    pub(crate) fn into_left_behind(self) -> LeftBehind {
        self.pidfile.into_left_behind().with_state(self.state)
    }
}

/// Opens the pidfile, or finds the reason to do without it, and then the standard streams: a second
/// start is refused before it touches the logs.
fn open(
    paths: Paths,
    mode: Decided,
    owner: Owner<'_>,
) -> Result<(Option<Locked>, Option<Error>, Stdio), Error> {
    let Paths { pidfile, has_state, stdout, stderr, .. } = paths;
    let (locked, without_pidfile) = lock(pidfile, has_state, mode, owner)?;
    let stdio = match mode {
        Decided::Background => Stdio::background(&stdout, &stderr, owner),
        Decided::Foreground => Stdio::foreground(&stdout, &stderr, owner),
    };
    let stdio = stdio.inspect_err(|_| locked.iter().for_each(Locked::undo))?;
    Ok((locked, without_pidfile, stdio))
}

/// In the foreground the program can do without the usual pidfile: a supervisor ensures that there
/// is only one instance, and a unit or a container may have no place for it.
fn lock(
    path: PidfilePath,
    has_state: bool,
    mode: Decided,
    owner: Owner<'_>,
) -> Result<(Option<Locked>, Option<Error>), Error> {
    let (path, is_usual) = match path {
        PidfilePath::None => return Ok((None, None)),
        PidfilePath::Nowhere(why) => return Ok((None, Some(why))),
        PidfilePath::Usual(path) => (path, true),
        PidfilePath::At(path) => (path, false),
    };
    let is_optional = is_usual && mode == Decided::Foreground;
    match Locked::open(&path, has_state, owner) {
        Ok(locked) => Ok((Some(locked), None)),
        Err(error) if is_optional && error.kind() != ErrorKind::AlreadyRunning => {
            Ok((None, Some(error)))
        }
        Err(error) => Err(error),
    }
}
