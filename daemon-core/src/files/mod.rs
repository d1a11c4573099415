//! The files of a daemon: which they are, and how they are opened together.

pub(crate) mod log;
pub(crate) mod pidfile;
pub(crate) mod safe_directories;
pub(crate) mod startup_stderr;
pub(crate) mod stdio;
pub(crate) mod usual_places;

use std::path::{Path, PathBuf};

use crate::config::{Config, Output, Pidfile as PidfileOption};
use crate::error::{Error, ErrorKind};
use crate::files::log::Owner;
use crate::files::pidfile::Pidfile;
use crate::files::stdio::{Place, Stdio};
use crate::files::usual_places::Places;
use crate::supervisor::decision::{Decided, Decision};
use crate::supervisor::environment::Environment;

/// Where they are.
#[derive(Debug)]
pub(crate) struct Paths {
    pidfile: Option<PathBuf>,
    stdout: Place,
    stderr: Place,
    /// Those in their usual places, whose directories are made if they are missing.
    usual: Vec<PathBuf>,
    /// Why there is no pidfile although one was asked for.
    without_pidfile: Option<Error>,
}

impl Paths {
    /// Resolves and checks them without touching the file system.
    pub(crate) fn resolve(
        config: &Config,
        decision: &Decision,
        environment: Environment<'_>,
    ) -> Result<Self, Error> {
        let mode = decision.decided();
        let places = Places::new(&config.name, environment, decision.started_by_systemd());
        let mut usual = Vec::new();
        let mut without_pidfile = None;
        let pidfile = match &config.pidfile {
            PidfileOption::None => None,
            PidfileOption::Usual => match (places.pidfile(), mode) {
                (Ok(path), _) => {
                    usual.push(path.clone());
                    Some(path)
                }
                (Err(error), Decided::Background) => return Err(error),
                (Err(error), Decided::Foreground) => {
                    without_pidfile = Some(error);
                    None
                }
            },
            PidfileOption::At(path) => Some(checked_file("pidfile", path)?),
        };
        if let (Decided::Background, Some(expected)) = (mode, places.expected_pidfile()) {
            refuse_another(pidfile.as_deref(), &expected)?;
        }
        let mut place = |option, output: &Option<Output>| {
            Ok(match (output, mode) {
                (None, Decided::Foreground) | (Some(Output::Inherit), _) => Place::Inherit,
                (None, Decided::Background) | (Some(Output::Null), _) => Place::Null,
                (Some(Output::File(path)), _) => Place::File(checked_file(option, path)?),
                // The usual place is the supervisor's own log.
                (Some(Output::Usual), Decided::Foreground) if places.log_of_unit().is_none() => {
                    Place::Inherit
                }
                (Some(Output::Usual), _) => {
                    let path = places.log()?;
                    usual.push(path.clone());
                    Place::File(path)
                }
            })
        };
        let stdout = place("stdout", &config.stdout)?;
        let stderr = place("stderr", &config.stderr)?;
        for (option, place) in [("stdout", &stdout), ("stderr", &stderr)] {
            if let (Place::File(log), Some(pidfile)) = (place, &pidfile) {
                if log == pidfile {
                    let what = format!("`pidfile` and `{option}` are both {}", log.display());
                    return Err(Error::new(ErrorKind::Config, what).advise("name two files"));
                }
            }
        }
        Ok(Paths { pidfile, stdout, stderr, usual, without_pidfile })
    }
}

fn is_optional(is_usual: bool, mode: Decided, error: &Error) -> bool {
    is_usual && mode == Decided::Foreground && error.kind() != ErrorKind::AlreadyRunning
}

/// systemd would wait in vain for the pidfile that the unit names, and then end the daemon.
fn refuse_another(pidfile: Option<&Path>, expected: &Path) -> Result<(), Error> {
    let what = format!("the systemd unit says PIDFile={}", expected.display());
    match pidfile {
        None => Err(Error::new(ErrorKind::Config, format!("{what}, and there is no `pidfile`"))
            .advise("give the program the option `pidfile`, which then is that file")),
        Some(pidfile) if is_same(pidfile, expected) => Ok(()),
        Some(pidfile) => {
            let what = format!("{what}, and `pidfile` is {}", pidfile.display());
            Err(Error::new(ErrorKind::Config, what).advise("name the same file in both"))
        }
    }
}

/// Whether both name one file, by its directory, which may be a link: /var/run is one to /run.
fn is_same(file: &Path, other: &Path) -> bool {
    let directory = |file: &Path| file.parent()?.canonicalize().ok();
    file == other
        || (file.file_name() == other.file_name()
            && directory(file).is_some_and(|one| Some(one) == directory(other)))
}

/// A file is named by an absolute path, because a daemon runs in another directory than its
/// command.
fn checked_file(option: &str, path: &Path) -> Result<PathBuf, Error> {
    let advice = if !path.is_absolute() {
        "it must be absolute, because a daemon runs in `/`"
    } else if path.as_os_str().as_encoded_bytes().contains(&0) {
        "it must not contain a NUL byte"
    } else if path.as_os_str().as_encoded_bytes().ends_with(b"/") || path.file_name().is_none() {
        "it names a directory, name a file in it"
    } else {
        return Ok(path.to_owned());
    };
    Err(Error::new(ErrorKind::Config, format!("`{option}` is {path:?}")).advise(advice))
}

/// All of them, open.
#[derive(Debug)]
pub(crate) struct Files {
    /// Locked.
    pub(crate) pidfile: Option<Pidfile>,
    pub(crate) stdio: Stdio,
    /// The directories that were made for those in their usual places.
    made: Vec<PathBuf>,
    /// Why there is no pidfile although one was asked for.
    pub(crate) without_pidfile: Option<Error>,
}

impl Files {
    /// Opens them, and leaves the file system as it was if one of them cannot be had.
    ///
    /// The pidfile comes before the logs, so that a second start does not touch them.
    pub(crate) fn open(paths: Paths, mode: Decided, owner: Owner<'_>) -> Result<Self, Error> {
        let Paths { pidfile, stdout, stderr, usual, mut without_pidfile } = paths;
        let made = usual.iter().flat_map(|path| usual_places::create_parent(path)).collect();
        let mut open = || {
            let lock = |path: &PathBuf| Pidfile::lock(path, owner.identity);
            let is_usual = pidfile.as_ref().is_some_and(|path| usual.contains(path));
            let pidfile = match pidfile.as_ref().map(lock).transpose() {
                // It can be done without: a supervisor sees to it that there is one instance, and
                // in a unit or a container there may be no place for it.
                Err(error) if is_optional(is_usual, mode, &error) => {
                    without_pidfile = Some(error);
                    None
                }
                pidfile => pidfile?,
            };
            let stdio = match mode {
                Decided::Background => Stdio::background(&stdout, &stderr, owner),
                Decided::Foreground => Stdio::foreground(&stdout, &stderr, owner),
            };
            let stdio = stdio.inspect_err(|_| pidfile.iter().for_each(Pidfile::give_up))?;
            Ok((pidfile, stdio))
        };
        match open() {
            Ok((pidfile, stdio)) => Ok(Files { pidfile, stdio, made, without_pidfile }),
            Err(error) => {
                usual_places::remove(&made);
                Err(error)
            }
        }
    }

    /// Leaves the file system as it was, for a start that fails before there is a daemon.
    pub(crate) fn give_up(&self) {
        self.stdio.give_up();
        self.pidfile.iter().for_each(Pidfile::give_up);
        usual_places::remove(&self.made);
    }
}
