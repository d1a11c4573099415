//! Everything that a launch needs, resolved, opened and checked while there still is one process.

pub(crate) mod inherited;

use std::os::fd::RawFd;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs, io};

use nix::errno::Errno;
use nix::unistd::{AccessFlags, Pid, Uid, eaccess, geteuid};

use crate::config::Config;
use crate::error::{Error, ErrorKind, errno_of};
use crate::files::log::Owner;
use crate::files::pidfile::{LeftBehind, Pidfile};
use crate::files::startup_stderr::Captured;
use crate::files::{Files, Paths};
use crate::plan::inherited::Inherited;
use crate::process::chroot;
use crate::process::descriptors::{OpenDescriptors, named_by_arguments};
use crate::process::identity::Identity;
use crate::process::limits;
use crate::process::signals::InheritedSignals;
use crate::process::threads;
use crate::supervisor::decision::{Decided, Decision};
use crate::supervisor::environment::Environment;
use crate::supervisor::mode;
use crate::supervisor::s6::NotificationDescriptor;
use crate::sys;

/// What the launch does, with nothing left to find out.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) name: String,
    /// The number of the process that the plan was made in: the command, or the foreground.
    pub(crate) pid: Pid,
    pub(crate) decision: Decision,
    pub(crate) start_timeout: Option<Duration>,
    /// Where s6 waits to be told of readiness.
    pub(crate) notification: Option<NotificationDescriptor>,
    pub(crate) signals: InheritedSignals,
    /// The inherited descriptors that the daemon closes, each run from its first to its last.
    pub(crate) descriptors: Vec<(RawFd, RawFd)>,
    pub(crate) umask: u32,
    /// Open, and the pidfile locked.
    pub(crate) files: Files,
    pub(crate) limits: Vec<limits::Planned>,
    pub(crate) confinement: Confinement,
}

/// Where and as whom the body runs.
#[derive(Debug)]
pub(crate) struct Confinement {
    /// The root directory, if it is to change.
    pub(crate) jail: Option<PathBuf>,
    /// Who the daemon becomes, if it becomes somebody else.
    pub(crate) identity: Option<Identity>,
    pub(crate) no_new_privs: bool,
    /// The working directory, inside the root directory, if it is to change.
    pub(crate) directory: Option<PathBuf>,
}

impl Plan {
    /// First everything that only looks, then what changes the file system, which is taken back
    /// if a later step refuses: a start that is refused changes nothing.
    pub(crate) fn new(
        config: &Config,
        inherited: Inherited,
        environment: Environment<'_>,
    ) -> Result<Self, Error> {
        let name = checked_name(&config.name)?;
        let umask = checked_umask(config.umask)?;
        if config.start_timeout == Some(Duration::ZERO) {
            return Err(Error::new(ErrorKind::Config, "`start_timeout` is 0")
                .advise("give the daemon at least a second, or write `never`"));
        }
        inherited.sockets?;
        let decision = mode::decide(config.mode, environment)?;
        let mode = decision.decided();
        let notification = NotificationDescriptor::take(
            config.notification_fd,
            environment,
            mode,
            &inherited.descriptors,
        )?;
        // In the foreground threads may run, but not beside a change of user, which is made thread
        // by thread; see capabilities(7).
        if mode == Decided::Background || config.user.is_some() || config.group.is_some() {
            threads::refuse()?;
        }
        let descriptors = match mode {
            Decided::Background => descriptors_to_close(inherited.descriptors)?,
            Decided::Foreground => Vec::new(),
        };
        let limits = limits::plan(&config.limits)?;
        let identity =
            Identity::plan(config.user.as_ref(), config.group.as_ref(), &config.capabilities)?;
        let jail = config.chroot.as_deref().map(chroot::plan).transpose()?;
        let directory = match (&config.chdir, mode) {
            (Some(directory), _) => {
                check_directory(directory, jail.as_deref(), identity.as_ref())?;
                Some(directory.clone())
            }
            (None, Decided::Background) => Some(PathBuf::from("/")),
            (None, Decided::Foreground) => None,
        };

        let paths = Paths::resolve(config, &decision, environment)?;
        let owner = Owner { identity: identity.as_ref(), umask };
        let files = Files::open(paths, mode, owner)?;
        Ok(Plan {
            name: name.to_owned(),
            pid: environment.pid,
            decision,
            notification,
            start_timeout: config.start_timeout,
            signals: inherited.signals,
            descriptors,
            umask,
            files,
            limits,
            confinement: Confinement {
                jail,
                identity,
                no_new_privs: config.no_new_privs,
                directory,
            },
        })
    }

    /// What the process that watches the daemon keeps of it. The rest is dropped there, the lock
    /// above all, which must live and die with the daemon.
    pub(crate) fn into_watched(self) -> Watched {
        Watched {
            name: self.name,
            timeout: self.start_timeout,
            notification: self.notification,
            left_behind: self.files.pidfile.map(Pidfile::into_left_behind),
            captured: self.files.stdio.into_captured(),
        }
    }
}

/// What there is to know of a daemon that is watched.
#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) name: String,
    pub(crate) timeout: Option<Duration>,
    pub(crate) notification: Option<NotificationDescriptor>,
    pub(crate) left_behind: Option<LeftBehind>,
    pub(crate) captured: Captured,
}

fn checked_name(name: &str) -> Result<&str, Error> {
    if is_name(name) {
        return Ok(name);
    }
    Err(Error::new(ErrorKind::Config, format!("`name` is {name:?}"))
        .advise("give a name that can be a file name"))
}

/// Whether it can be a file name, and stand before a message on a terminal.
pub(crate) fn is_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && !name.contains(|c: char| c == '/' || c.is_control())
}

fn checked_umask(umask: u32) -> Result<u32, Error> {
    if umask <= 0o777 {
        return Ok(umask);
    }
    Err(Error::new(ErrorKind::Config, format!("`umask` is {umask:#o}"))
        .advise("it must be at most 0o777"))
}

/// Whether the daemon can have it as its working directory, as the user that it becomes.
fn check_directory(
    path: &Path,
    jail: Option<&Path>,
    identity: Option<&Identity>,
) -> Result<(), Error> {
    if !path.is_absolute() {
        return Err(Error::new(ErrorKind::Config, format!("`chdir` is {path:?}"))
            .advise("it must be absolute, because a daemon can be started anywhere"));
    }
    // What a symbolic link inside means outside is another matter, so there only chdir(2) tells.
    if jail.is_some() {
        return Ok(());
    }
    let search = || match fs::metadata(path) {
        Ok(metadata) if !metadata.is_dir() => Err(Errno::ENOTDIR),
        Ok(_) => eaccess(path, AccessFlags::X_OK),
        Err(error) => Err(error.raw_os_error().map_or(Errno::EINVAL, Errno::from_raw)),
    };
    let searchable = match identity {
        Some(identity) => identity.with_rights(search)?,
        None => search(),
    };
    searchable
        .map_err(|errno| cannot_enter(path, None, identity.map_or(geteuid(), |i| i.uid), errno))
}

/// The error of chdir(2), which the plan foresees and the launch meets.
pub(crate) fn cannot_enter(path: &Path, jail: Option<&Path>, uid: Uid, errno: Errno) -> Error {
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
    let inside = jail.map_or(String::new(), |jail| format!(" inside {}", jail.display()));
    Error::new(kind, format!("cannot change to the directory {}{inside}", path.display()))
        .because(errno)
        .advise(advice)
}

fn descriptors_to_close(
    inherited: io::Result<OpenDescriptors>,
) -> Result<Vec<(RawFd, RawFd)>, Error> {
    match inherited {
        Ok(open) => {
            let named = named_by_arguments(env::args_os());
            Ok(open.still_inherited(|number| named.contains(&number)))
        }
        Err(error) => {
            let what = format!(
                "cannot tell which descriptors were inherited: cannot list {}",
                sys::proc::OPEN_DESCRIPTORS
            );
            let error = Error::new(ErrorKind::System, what).because(errno_of(error));
            Err(error.advise("mount /proc"))
        }
    }
}
