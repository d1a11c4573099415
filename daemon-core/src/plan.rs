//! Everything that a launch needs, resolved, opened and checked while there still is one process.

use std::os::fd::RawFd;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs};

use nix::errno::Errno;
use nix::unistd::{AccessFlags, Pid, Uid, eaccess, geteuid, getpid};

use crate::captured::Captured;
use crate::config::{Config, Output, Pidfile as PidfileOption};
use crate::descriptors::HandedOver;
use crate::error::{Error, ErrorKind};
use crate::identity::Identity;
use crate::inherited::Inherited;
use crate::jail;
use crate::limits;
use crate::log::Owner;
use crate::mode::{self, Decided};
use crate::pidfile::{LeftBehind, Pidfile};
use crate::places::{self, Places};
use crate::signals::InheritedSignals;
use crate::stdio::{Place, Stdio};
use crate::sys;

/// What the launch does, with nothing left to find out.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) name: String,
    /// The number of the process that the plan was made in: the command, or the foreground.
    pub(crate) pid: Pid,
    pub(crate) mode: Decided,
    pub(crate) start_timeout: Option<Duration>,
    pub(crate) signals: InheritedSignals,
    /// The inherited descriptors that the daemon closes, each run from its first to its last.
    pub(crate) descriptors: Vec<(RawFd, RawFd)>,
    pub(crate) umask: u32,
    /// Locked.
    pub(crate) pidfile: Option<Pidfile>,
    pub(crate) stdio: Stdio,
    pub(crate) limits: Vec<limits::Planned>,
    pub(crate) confinement: Confinement,
    /// The directories that were made for files in their usual places.
    made: Vec<PathBuf>,
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
    pub(crate) fn new(config: &Config, inherited: Inherited) -> Result<Self, Error> {
        let name = checked_name(&config.name)?;
        let umask = checked_umask(config.umask)?;
        let pid = getpid();
        let mode = mode::decide(config.mode, pid);
        let descriptors = match mode {
            Decided::Background => {
                refuse_threads()?;
                descriptors_to_close(&inherited, pid)?
            }
            Decided::Foreground => Vec::new(),
        };
        let limits = limits::plan(&config.limits)?;
        let identity =
            Identity::plan(config.user.as_ref(), config.group.as_ref(), &config.capabilities)?;
        let jail = config.chroot.as_deref().map(jail::plan).transpose()?;
        let directory = match (&config.chdir, mode) {
            (Some(directory), _) => {
                check_directory(directory, jail.as_deref(), identity.as_ref())?;
                Some(directory.clone())
            }
            (None, Decided::Background) => Some(PathBuf::from("/")),
            (None, Decided::Foreground) => None,
        };

        let variable = |name: &str| env::var_os(name);
        let usual = Places::new(name, &variable, pid);
        let pidfile_path = match &config.pidfile {
            PidfileOption::None => None,
            PidfileOption::Usual => Some(usual.pidfile()?),
            PidfileOption::At(path) => Some(checked_file("pidfile", path)?.to_owned()),
        };
        let default = match mode {
            Decided::Background => Output::Null,
            Decided::Foreground => Output::Inherit,
        };
        let place = |option, output: &Option<Output>| {
            if let Some(Output::File(path)) = output {
                checked_file(option, path)?;
            }
            Place::of(output.as_ref().unwrap_or(&default), || usual.log())
        };
        let stdout = place("stdout", &config.stdout)?;
        let stderr = place("stderr", &config.stderr)?;

        let mut made = Vec::new();
        if config.pidfile == PidfileOption::Usual {
            made.extend(pidfile_path.iter().flat_map(|path| places::create_parent(path)));
        }
        for (output, place) in [(&config.stdout, &stdout), (&config.stderr, &stderr)] {
            if let (Some(Output::Usual), Place::File(path)) = (output, place) {
                made.extend(places::create_parent(path));
            }
        }
        let open = || {
            // The lock comes before the logs, so that a second start does not touch them.
            let pidfile =
                pidfile_path.map(|path| Pidfile::lock(&path, identity.as_ref())).transpose()?;
            let owner = Owner { identity: identity.as_ref(), umask };
            let stdio = match mode {
                Decided::Background => Stdio::background(&stdout, &stderr, owner),
                Decided::Foreground => Stdio::foreground(&stdout, &stderr, owner),
            };
            let stdio = stdio.inspect_err(|_| pidfile.iter().for_each(Pidfile::give_up))?;
            Ok((pidfile, stdio))
        };
        let (pidfile, stdio) = open().inspect_err(|_| places::remove(&made))?;
        Ok(Plan {
            name: name.to_owned(),
            pid,
            mode,
            start_timeout: config.start_timeout,
            signals: inherited.signals,
            descriptors,
            umask,
            pidfile,
            stdio,
            limits,
            confinement: Confinement {
                jail,
                identity,
                no_new_privs: config.no_new_privs,
                directory,
            },
            made,
        })
    }

    /// What the process that watches the daemon keeps of it. The rest is dropped there, the lock
    /// above all, which must live and die with the daemon.
    pub(crate) fn into_watched(self) -> Watched {
        Watched {
            name: self.name,
            timeout: self.start_timeout,
            left_behind: self.pidfile.map(Pidfile::into_left_behind),
            captured: self.stdio.into_captured(),
        }
    }

    /// Takes back what making the plan did, for a start that fails before there is a daemon.
    pub(crate) fn give_up(&self) {
        self.stdio.give_up();
        self.pidfile.iter().for_each(Pidfile::give_up);
        places::remove(&self.made);
    }
}

/// What there is to know of a daemon that is watched.
#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) name: String,
    pub(crate) timeout: Option<Duration>,
    pub(crate) left_behind: Option<LeftBehind>,
    pub(crate) captured: Captured,
}

fn checked_name(name: &str) -> Result<&str, Error> {
    let is_file_name = !matches!(name, "" | "." | "..") && !name.contains(['/', '\0']);
    if is_file_name {
        return Ok(name);
    }
    Err(Error::new(ErrorKind::Config, format!("`name` is {name:?}"))
        .advise("give a name that can be a file name"))
}

fn checked_umask(umask: u32) -> Result<u32, Error> {
    if umask <= 0o777 {
        return Ok(umask);
    }
    Err(Error::new(ErrorKind::Config, format!("`umask` is {umask:#o}"))
        .advise("it must be at most 0o777"))
}

/// A file is named by an absolute path, because a daemon runs in another directory than its
/// command.
fn checked_file<'a>(option: &str, path: &'a Path) -> Result<&'a Path, Error> {
    let advice = if !path.is_absolute() {
        "it must be absolute, because a daemon runs in `/`"
    } else if path.as_os_str().as_encoded_bytes().contains(&0) {
        "it must not contain a NUL byte"
    } else if path.as_os_str().as_encoded_bytes().ends_with(b"/") || path.file_name().is_none() {
        "it names a directory, name a file in it"
    } else {
        return Ok(path);
    };
    Err(Error::new(ErrorKind::Config, format!("`{option}` is {path:?}")).advise(advice))
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
    searchable.map_err(|errno| cannot_enter(path, identity.map_or(geteuid(), |i| i.uid), errno))
}

/// The error of chdir(2), which the plan foresees and the launch meets.
pub(crate) fn cannot_enter(path: &Path, uid: Uid, errno: Errno) -> Error {
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
    Error::new(kind, format!("cannot change to the directory {}", path.display()))
        .because(errno)
        .advise(advice)
}

/// fork(2) copies only the thread that calls it: what the others held is held for ever, and an
/// async runtime without its threads hangs.
fn refuse_threads() -> Result<(), Error> {
    let Some(count @ 2..) = sys::thread_count() else { return Ok(()) };
    let names = other_thread_names();
    let names = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    let others = if count == 2 { "another thread runs" } else { "other threads run" };
    let what = format!("cannot become a daemon: {others} already{names}");
    Err(Error::new(ErrorKind::Software, what).advise(
        "start threads in the body of `main`, and put #[daemon::main] above the attribute of an \
         async runtime",
    ))
}

/// The names of the threads that are not this one; see proc_pid_task(5).
fn other_thread_names() -> Vec<String> {
    let own = getpid().to_string();
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    tasks
        .filter(|task| task.file_name().to_str() != Some(&own))
        .filter_map(|task| fs::read_to_string(task.path().join("comm")).ok())
        .map(|name| name.trim_end().to_owned())
        .collect()
}

fn descriptors_to_close(inherited: &Inherited, pid: Pid) -> Result<Vec<(RawFd, RawFd)>, Error> {
    match &inherited.descriptors {
        Ok(open) => {
            let handed_over = HandedOver::by(env::args_os(), |name| env::var_os(name), pid);
            Ok(open.still_inherited(|number| handed_over.contains(number)))
        }
        Err(error) => {
            let what = format!(
                "cannot tell which descriptors were inherited: cannot list {}",
                sys::OPEN_DESCRIPTORS
            );
            let errno = error.raw_os_error().map_or(Errno::EIO, Errno::from_raw);
            Err(Error::new(ErrorKind::System, what).because(errno).advise("mount /proc"))
        }
    }
}
