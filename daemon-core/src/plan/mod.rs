//! The plan: everything that a launch needs, resolved, opened and checked while there is still only
//! one process.

pub(crate) mod inherited;
pub(crate) mod preview;

use std::path::Path;
use std::time::Duration;

use nix::unistd::Pid;

use crate::config::Config;
use crate::config::chdir::Chdir;
use crate::config::check;
use crate::error::{Error, ErrorKind};
use crate::files::Files;
use crate::files::log::Owner;
use crate::files::paths::Paths;
use crate::plan::inherited::Inherited;
use crate::process::confinement::Confinement;
use crate::process::descriptors;
use crate::process::limits;
use crate::process::signals::InheritedSignals;
use crate::process::threads;
use crate::supervisor::decision::{Decided, Decision};
use crate::supervisor::environment::Environment;
use crate::supervisor::mode;
use crate::supervisor::s6::NotificationDescriptor;
use crate::sys::descriptors::Runs;

/// Everything that the launch does, with nothing left to find out.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) name: String,
    /// The version of the program, if it is known.
    pub(crate) version: Option<String>,
    /// The number of the process that made the plan: the command, or the program in the foreground.
    pub(crate) pid: Pid,
    pub(crate) decision: Decision,
    pub(crate) start_timeout: Option<Duration>,
    pub(crate) stop_timeout: Option<Duration>,
    pub(crate) stop_delay: Duration,
    /// Where s6 waits to be told of readiness.
    pub(crate) notification: Option<NotificationDescriptor>,
    pub(crate) signals: InheritedSignals,
    /// The inherited descriptors that the daemon closes.
    pub(crate) descriptors: Runs,
    pub(crate) umask: u32,
    /// Open, and the pidfile locked.
    pub(crate) files: Files,
    pub(crate) limits: Vec<limits::Planned>,
    pub(crate) confinement: Confinement,
}

impl Plan {
    /// In a box, so that none of the three processes moves it about on the stack.
    ///
    /// First the steps that only look, then those that change the file system, which are undone if
    /// a later step refuses: a start that is refused changes nothing.
    #[inline(never)] // What it needs of the stack is not part of what the forked processes copy.
    pub(crate) fn new(
        config: &mut Config,
        inherited: Inherited,
        environment: Environment<'_>,
    ) -> Result<Box<Self>, Error> {
        config.make_paths_absolute()?;
        let config = &*config;
        check::values(config)?;
        inherited.sockets?;
        let stop_delay = stop_delay(config, environment)?;

        let decision = mode::decide(config.mode, environment)?;
        let mode = decision.decided();
        let notification = NotificationDescriptor::take(
            config.notification_fd,
            environment,
            mode,
            &inherited.descriptors,
        )?;
        refuse_threads(config, mode)?;
        let descriptors = match mode {
            Decided::Background => descriptors::to_close(inherited.descriptors)?,
            Decided::Foreground => Runs::default(),
        };
        let limits = limits::plan(&config.limits)?;
        let confinement = confinement(config, mode)?;

        let paths = Paths::resolve(config, &decision, environment)?;
        let umask = config.umask.mask();
        let owner = Owner::new(confinement.identity(), umask);
        let files = Files::open(paths, mode, owner)?;

        Ok(Box::new(Plan {
            name: config.name.clone(),
            version: config.version.clone(),
            pid: environment.pid,
            decision,
            start_timeout: config.start_timeout,
            stop_timeout: config.stop_timeout,
            stop_delay,
            notification,
            signals: inherited.signals,
            descriptors,
            umask,
            files,
            limits,
            confinement,
        }))
    }
}

/// The environment overrides the option: an administrator knows how soon a load balancer notices.
fn stop_delay(config: &Config, environment: Environment<'_>) -> Result<Duration, Error> {
    let name = "DAEMON_STOP_DELAY";
    let Some(value) = environment.get(name) else { return Ok(config.stop_delay) };
    environment.number(name).map(Duration::from_secs).ok_or_else(|| {
        Error::new(ErrorKind::Config, format!("{name} is {value:?}"))
            .advise("set it to a number of seconds, or unset it")
    })
}

/// In the foreground other threads may run, but not together with a change of user, which is made
/// thread by thread; see capabilities(7).
fn refuse_threads(config: &Config, mode: Decided) -> Result<(), Error> {
    match mode {
        Decided::Foreground if config.user.is_none() && config.group.is_none() => Ok(()),
        _ => threads::refuse(),
    }
}

fn confinement(config: &Config, mode: Decided) -> Result<Confinement, Error> {
    let identity = match config.identity {
        None => None,
        Some(plan) => plan(config.user.as_ref(), config.group.as_ref(), &config.capabilities)?,
    };
    let default_directory = match (mode, &config.chdir) {
        (Decided::Background, None) => Some(Path::new("/")),
        _ => None,
    };
    Confinement::plan(
        config.chroot.as_deref(),
        identity,
        config.no_new_privs,
        limits::want_core(&config.limits),
        config.chdir.as_ref().and_then(Chdir::path),
        default_directory,
    )
}
