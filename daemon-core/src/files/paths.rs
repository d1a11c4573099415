//! Where the files of a daemon are to be, without touching the file system.

use std::path::{Path, PathBuf};

use crate::config::verb::Control;
use crate::config::{Config, Output, Pidfile};
use crate::error::{Error, ErrorKind};
use crate::files::state;
use crate::files::stdio::Destination;
use crate::files::usual_places::{UsualFile, UsualPlaces};
use crate::supervisor::decision::{Decided, Decision};
use crate::supervisor::environment::Environment;

/// Where the files of a daemon are to be.
#[derive(Debug)]
pub(crate) struct Paths {
    pub(super) pidfile: PidfilePath,
    /// Whether there is a state file beside it.
    pub(crate) has_state: bool,
    pub(crate) stdout: Destination,
    pub(crate) stderr: Destination,
    /// The files in their usual places, whose directories are created if they are missing.
    pub(crate) in_usual_places: Vec<UsualFile>,
}

/// Where the pidfile is to be.
#[derive(Debug)]
pub(super) enum PidfilePath {
    /// None was asked for.
    None,
    /// The usual place was asked for, and there is none.
    Nowhere(Error),
    Usual(PathBuf),
    At(PathBuf),
}

impl PidfilePath {
    fn path(&self) -> Option<&Path> {
        match self {
            PidfilePath::Usual(path) | PidfilePath::At(path) => Some(path),
            PidfilePath::None | PidfilePath::Nowhere(_) => None,
        }
    }
}

impl Paths {
    /// Where the pidfile is to be, if there is to be one.
    pub(crate) fn pidfile_path(&self) -> Option<&Path> {
        self.pidfile.path()
    }

    pub(crate) fn resolve(
        config: &Config,
        decision: &Decision,
        environment: Environment<'_>,
    ) -> Result<Self, Error> {
        let mode = decision.decided();
        let places = UsualPlaces::new(&config.name, environment, decision.started_by_systemd())?;

        let pidfile = pidfile(&config.pidfile, mode, &places)?;
        if let (Decided::Background, Some(expected)) = (mode, places.expected_pidfile()) {
            refuse_another(pidfile.path(), &expected)?;
        }
        let stdout = output(config.stdout.as_ref(), mode, &places)?;
        let stderr = output(config.stderr.as_ref(), mode, &places)?;
        let has_state = config.control != Control::Off || config.verb().is_some();
        let state = pidfile.path().filter(|_| has_state).map(state::beside);
        for (option, output) in [("stdout", &stdout), ("stderr", &stderr)] {
            refuse_two_uses(option, output, "`pidfile`", pidfile.path())?;
            refuse_two_uses(option, output, "the state file of `control`", state.as_deref())?;
        }

        let mut in_usual_places = Vec::new();
        if let PidfilePath::Usual(path) = &pidfile {
            in_usual_places.push(places.file(path));
        }
        for (option, destination) in [(&config.stdout, &stdout), (&config.stderr, &stderr)] {
            if let (Some(Output::Usual), Destination::File(path)) = (option, destination) {
                in_usual_places.push(places.file(path));
            }
        }
        Ok(Paths { pidfile, has_state, stdout, stderr, in_usual_places })
    }
}

fn pidfile(
    option: &Pidfile,
    mode: Decided,
    places: &UsualPlaces<'_>,
) -> Result<PidfilePath, Error> {
    match option {
        Pidfile::None => Ok(PidfilePath::None),
        Pidfile::At(path) => Ok(PidfilePath::At(path.clone())),
        Pidfile::Usual => match (places.pidfile(), mode) {
            (Ok(path), _) => Ok(PidfilePath::Usual(path)),
            (Err(why), Decided::Foreground) => Ok(PidfilePath::Nowhere(why)),
            (Err(why), Decided::Background) => Err(why),
        },
    }
}

fn output(
    option: Option<&Output>,
    mode: Decided,
    places: &UsualPlaces<'_>,
) -> Result<Destination, Error> {
    match (option, mode) {
        (Some(Output::Journal), _) => Ok(Destination::Journal(places.name().to_owned())),
        (Some(Output::Inherit), _) | (None, Decided::Foreground) => Ok(Destination::Inherit),
        (Some(Output::Null), _) | (None, Decided::Background) => Ok(Destination::Null),
        (Some(Output::File(path)), _) => Ok(Destination::File(path.clone())),
        // The usual place is the supervisor's own log.
        (Some(Output::Usual), Decided::Foreground) if places.named_log().is_none() => {
            Ok(Destination::Inherit)
        }
        (Some(Output::Usual), _) => places.log().map(Destination::File),
    }
}

fn refuse_two_uses(
    option: &str,
    destination: &Destination,
    what: &str,
    other: Option<&Path>,
) -> Result<(), Error> {
    match destination {
        Destination::File(log) if Some(log.as_path()) == other => {
            let what = format!("{what} and `{option}` are both {}", log.display());
            Err(Error::new(ErrorKind::Config, what).advise("name two files"))
        }
        _ => Ok(()),
    }
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

/// Whether both name the same file. Its directory may be reached by a link: /var/run is one to
/// /run.
fn is_same(file: &Path, other: &Path) -> bool {
    let directory = |file: &Path| file.parent()?.canonicalize().ok();
    file == other
        || (file.file_name() == other.file_name()
            && directory(file).is_some_and(|one| Some(one) == directory(other)))
}
