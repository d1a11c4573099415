//! The files of a daemon, opened together: pidfile, logs, standard streams.

mod advice;
mod foreign;
pub(crate) mod log;
pub(crate) mod notice;
pub(crate) mod paths;
pub(crate) mod pidfile;
mod redirection;
mod removal;
pub(crate) mod safe_directories;
pub(crate) mod startup_output;
pub(crate) mod state;
pub(crate) mod stdio;
pub(crate) mod usual_places;

use std::path::PathBuf;

use crate::error::{Error, ErrorKind};
use crate::files::log::Owner;
use crate::files::paths::{Paths, PidfilePath};
use crate::files::pidfile::Pidfile;
use crate::files::stdio::Stdio;
use crate::supervisor::decision::Decided;

/// All files of a daemon, open.
#[derive(Debug)]
pub(crate) struct Files {
    /// Locked.
    pub(crate) pidfile: Option<Pidfile>,
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
            Ok((pidfile, without_pidfile, stdio)) => {
                Ok(Files { pidfile, stdio, made, without_pidfile })
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
        self.pidfile.iter().for_each(Pidfile::undo);
        usual_places::remove(&self.made);
    }
}

/// Opens the pidfile, or finds the reason to do without it, and then the standard streams: a second
/// start is refused before it touches the logs.
fn open(
    paths: Paths,
    mode: Decided,
    owner: Owner<'_>,
) -> Result<(Option<Pidfile>, Option<Error>, Stdio), Error> {
    let Paths { pidfile, stdout, stderr, .. } = paths;
    let (pidfile, without_pidfile) = lock_pidfile(pidfile, mode, owner)?;
    let stdio = match mode {
        Decided::Background => Stdio::background(&stdout, &stderr, owner),
        Decided::Foreground => Stdio::foreground(&stdout, &stderr, owner),
    };
    let stdio = stdio.inspect_err(|_| pidfile.iter().for_each(Pidfile::undo))?;
    Ok((pidfile, without_pidfile, stdio))
}

/// In the foreground the program can do without the usual pidfile: a supervisor ensures that there
/// is only one instance, and a unit or a container may have no place for it.
fn lock_pidfile(
    path: PidfilePath,
    mode: Decided,
    owner: Owner<'_>,
) -> Result<(Option<Pidfile>, Option<Error>), Error> {
    let (path, is_usual) = match path {
        PidfilePath::None => return Ok((None, None)),
        PidfilePath::Nowhere(why) => return Ok((None, Some(why))),
        PidfilePath::Usual(path) => (path, true),
        PidfilePath::At(path) => (path, false),
    };
    let is_optional = is_usual && mode == Decided::Foreground;
    match Pidfile::lock(owner.wants(&path, "pidfile"), owner.identity) {
        Ok(pidfile) => Ok((Some(pidfile), None)),
        Err(error) if is_optional && error.kind() != ErrorKind::AlreadyRunning => {
            Ok((None, Some(error)))
        }
        Err(error) => Err(error),
    }
}
