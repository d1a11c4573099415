//! Where descriptors 0 to 2 go, and what the daemon wrote to standard error during its start.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl, open};
use nix::sys::stat::{FileStat, Mode, SFlag, fchmod, fstat};
use nix::unistd::{dup2_stderr, dup2_stdin, dup2_stdout, fchown, ftruncate, geteuid};

use crate::config::Output;
use crate::directories;
use crate::error::{Error, ErrorKind};
use crate::identity::Identity;
use crate::sys::{self, descriptors::duplicate};

/// How much of what the daemon wrote to standard error is shown when its start fails.
const SHOWN: u64 = 4096;

/// The files that are to become descriptors 0 to 2, all open before the first fork.
#[derive(Debug)]
pub(crate) struct Stdio {
    stdin: Target,
    stdout: Target,
    stderr: Target,
    /// `/dev/null`, if any of them needs it, now or once the daemon is ready.
    null: Option<OwnedFd>,
}

#[derive(Debug)]
enum Target {
    Inherit,
    Null,
    Log(Log),
    /// A file in memory, shared with the command, until readiness; `/dev/null` from then on.
    Memory(OwnedFd),
}

/// A log that is open at its end.
#[derive(Debug)]
struct Log {
    file: OwnedFd,
    path: PathBuf,
    /// Its length before this start.
    length: u64,
    /// Whether there was none before.
    created: bool,
    /// With whose rights it was opened, if not with our own.
    opened_as: Option<Identity>,
}

/// An output whose path is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Null,
    Inherit,
    File(PathBuf),
}

impl Place {
    /// Of what was asked for; `usual` finds the usual place of a log.
    pub(crate) fn of(
        output: &Output,
        usual: impl FnOnce() -> Result<PathBuf, Error>,
    ) -> Result<Self, Error> {
        Ok(match output {
            Output::Null => Place::Null,
            Output::Inherit => Place::Inherit,
            Output::Usual => Place::File(usual()?),
            Output::File(path) => Place::File(path.clone()),
        })
    }
}

impl Stdio {
    /// Opens what a daemon in the background needs.
    pub(crate) fn background(
        stdout: &Place,
        stderr: &Place,
        owner: Owner<'_>,
    ) -> Result<Self, Error> {
        let null = Some(open_null()?);
        let (stdout, mut stderr) = open_outputs(stdout, stderr, owner)?;
        if matches!(stderr, Target::Null) {
            stderr = Target::Memory(sys::anonymous_file("stderr").map_err(|errno| {
                stdout.give_up();
                Error::new(ErrorKind::System, "cannot keep the daemon's standard error in memory")
                    .because(errno)
            })?);
        }
        Ok(Stdio { stdin: Target::Null, stdout, stderr, null })
    }

    /// Opens what is asked for and leaves the rest as it is.
    pub(crate) fn foreground(
        stdout: &Place,
        stderr: &Place,
        owner: Owner<'_>,
    ) -> Result<Self, Error> {
        let needs_null = [stdout, stderr].contains(&&Place::Null);
        let null = needs_null.then(open_null).transpose()?;
        let (stdout, stderr) = open_outputs(stdout, stderr, owner)?;
        Ok(Stdio { stdin: Target::Inherit, stdout, stderr, null })
    }

    /// In the process that watches: what the daemon writes to standard error, to be shown when the
    /// start fails.
    pub(crate) fn into_captured(self) -> Captured {
        let log = [&self.stderr, &self.stdout].iter().find_map(|target| match target {
            Target::Log(log) => Some(log.path.clone()),
            _ => None,
        });
        let text = match self.stderr {
            Target::Memory(file) => Text::Memory(file),
            Target::Log(log) => Text::Log { path: log.path, from: log.length },
            Target::Inherit | Target::Null => Text::ShownAlready,
        };
        Captured { text, log }
    }

    /// In the daemon: puts everything in its place. 0 to 2 are replaced, never closed: the next
    /// file to be opened would get the free number and with it what the program prints.
    pub(crate) fn install(self) -> Result<StderrUntilReady, Error> {
        let install = || {
            self.descriptor(&self.stdin).map_or(Ok(()), dup2_stdin)?;
            self.descriptor(&self.stdout).map_or(Ok(()), dup2_stdout)?;
            self.descriptor(&self.stderr).map_or(Ok(()), dup2_stderr)
        };
        install().map_err(|errno| {
            Error::new(ErrorKind::System, "cannot replace standard input, output and error")
                .because(errno)
        })?;
        Ok(StderrUntilReady(match (self.stderr, self.null) {
            (Target::Memory(memory), Some(null)) => Some((memory, null)),
            _ => None,
        }))
    }

    fn descriptor<'a>(&'a self, target: &'a Target) -> Option<&'a OwnedFd> {
        match target {
            Target::Inherit => None,
            Target::Null => self.null.as_ref(),
            Target::Memory(file) => Some(file),
            Target::Log(log) => Some(&log.file),
        }
    }

    /// Takes back what opening did, for a start that was refused after it.
    pub(crate) fn give_up(&self) {
        self.stderr.give_up();
        self.stdout.give_up();
    }
}

fn open_outputs(
    stdout: &Place,
    stderr: &Place,
    owner: Owner<'_>,
) -> Result<(Target, Target), Error> {
    let open = |place: &Place| match place {
        Place::Inherit => Ok(Target::Inherit),
        Place::Null => Ok(Target::Null),
        Place::File(path) => Log::open(path, owner).map(Target::Log),
    };
    let opened = open(stdout)?;
    let stderr = match (&opened, stderr) {
        // One description for both, so that neither overwrites what the other wrote.
        (Target::Log(log), Place::File(path)) if log.path == *path => log.share().map(Target::Log),
        _ => open(stderr),
    };
    let stderr = stderr.inspect_err(|_| opened.give_up())?;
    Ok((opened, stderr))
}

impl Target {
    /// Removes a log that this start made and wrote nothing to. With the rights that it was opened
    /// with: by now the user may have had the path lead to a file of root's.
    fn give_up(&self) {
        let Target::Log(Log { file, path, created: true, opened_as, .. }) = self else { return };
        if !fstat(file).is_ok_and(|status| status.st_size == 0) {
            return;
        }
        let remove = || nix::unistd::unlink(path);
        // What stays is an empty log.
        let _ = match opened_as {
            None => remove(),
            Some(identity) => identity.with_rights(remove).unwrap_or(Ok(())),
        };
    }
}

/// Whose a log is to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owner<'a> {
    /// The user that root becomes, if it becomes one.
    pub(crate) identity: Option<&'a Identity>,
    /// The umask of the daemon.
    pub(crate) umask: u32,
}

impl Log {
    /// Opens a log at its end, making it if need be: by root in a directory that is safe for root,
    /// otherwise with the rights of the user that root becomes.
    fn open(path: &Path, owner: Owner<'_>) -> Result<Self, Error> {
        let cannot = |errno| cannot_open_log(path, errno);
        if !geteuid().is_root() {
            return Log::open_as_we_are(path, owner);
        }
        let directory = path.parent().unwrap_or(path);
        let danger = directories::unsafe_for_root(directory, owner.identity)
            .map_err(|error| cannot(error.raw_os_error().map_or(Errno::EIO, Errno::from_raw)))?;
        match (danger, owner.identity.filter(|identity| !identity.uid.is_root())) {
            (None, None) => Log::open_as_we_are(path, owner),
            (None, Some(identity)) => {
                let log = Log::open_as_we_are(path, owner)?;
                if log.created {
                    log.give_to(identity)?;
                }
                Ok(log)
            }
            (Some(_), Some(identity)) => {
                let log = identity.with_rights(|| Log::open_as_we_are(path, owner))??;
                Ok(Log { opened_as: Some(identity.clone()), ..log })
            }
            (Some(danger), None) => {
                let what = format!("cannot open the log {}: {danger}", path.display());
                Err(Error::new(ErrorKind::CannotCreate, what)
                    .advise("choose a directory that only root can write, or set `user`"))
            }
        }
    }

    /// Opens it with the rights that the process has now. It is made with mode 0666 less the
    /// daemon's umask.
    ///
    /// The last part of the path is not followed through a symbolic link, so that nobody who can
    /// write the directory can have it append to a file of his choice.
    fn open_as_we_are(path: &Path, owner: Owner<'_>) -> Result<Self, Error> {
        let cannot = |errno| cannot_open_log(path, errno);
        let (file, created) = loop {
            match open(path, APPEND, Mode::empty()) {
                Ok(file) => break (file, false),
                Err(Errno::ENOENT) => {}
                Err(errno) => return Err(cannot(errno)),
            }
            match open(path, APPEND | OFlag::O_CREAT | OFlag::O_EXCL, Mode::empty()) {
                Ok(file) => break (file, true),
                Err(Errno::EEXIST) => {}
                Err(errno) => return Err(cannot(errno)),
            }
        };
        if created {
            let mode = Mode::from_bits_truncate(0o666 & !owner.umask as libc::mode_t);
            fchmod(&file, mode).map_err(cannot)?;
        }
        let status = fstat(&file).map_err(cannot)?;
        refuse_unfit(path, &status)?;
        // Not to block was for the opening alone, of a FIFO without a reader for example.
        fcntl(&file, FcntlArg::F_SETFL(OFlag::O_APPEND)).map_err(cannot)?;
        let length = u64::try_from(status.st_size).unwrap_or(0);
        Ok(Log { file, path: path.to_owned(), length, created, opened_as: None })
    }

    /// A log that root made for a user: his, and readable by his group.
    fn give_to(&self, identity: &Identity) -> Result<(), Error> {
        let give = || {
            fchown(&self.file, Some(identity.uid), Some(identity.gid))?;
            fchmod(&self.file, Mode::S_IRUSR | Mode::S_IWUSR | Mode::S_IRGRP)
        };
        give().map_err(|errno| cannot_open_log(&self.path, errno))
    }

    fn share(&self) -> Result<Self, Error> {
        let file = duplicate(&self.file).map_err(|errno| cannot_open_log(&self.path, errno))?;
        let (path, opened_as) = (self.path.clone(), self.opened_as.clone());
        Ok(Log { file, path, length: self.length, created: self.created, opened_as })
    }
}

const APPEND: OFlag = OFlag::O_WRONLY
    .union(OFlag::O_APPEND)
    .union(OFlag::O_NOFOLLOW)
    .union(OFlag::O_NONBLOCK)
    .union(OFlag::O_NOCTTY)
    .union(OFlag::O_CLOEXEC);

fn refuse_unfit(path: &Path, status: &FileStat) -> Result<(), Error> {
    let file_type = SFlag::from_bits_truncate(status.st_mode & SFlag::S_IFMT.bits());
    match file_type {
        SFlag::S_IFREG | SFlag::S_IFCHR | SFlag::S_IFIFO => Ok(()),
        _ => Err(Error::new(
            ErrorKind::CannotCreate,
            format!("cannot log to {}: it is no file that can be written", path.display()),
        )
        .advise("choose another log")),
    }
}

fn cannot_open_log(path: &Path, errno: Errno) -> Error {
    let parent = path.parent().unwrap_or(path).display();
    let advice = match errno {
        Errno::ENOENT => format!("create {parent}, or choose another log"),
        Errno::ELOOP => "it is a symbolic link, which is not followed: name the file itself".into(),
        Errno::ENXIO => "nobody reads from it: choose another log".into(),
        Errno::EACCES | Errno::EPERM | Errno::EROFS => format!(
            "choose a place that uid {} may write; `stderr` without a value is the usual one",
            geteuid()
        ),
        _ => "choose another log".into(),
    };
    let what = format!("cannot open the log {}", path.display());
    Error::new(ErrorKind::CannotCreate, what).because(errno).advise(advice)
}

fn open_null() -> Result<OwnedFd, Error> {
    open("/dev/null", OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::empty()).map_err(cannot_open_null)
}

fn cannot_open_null(errno: Errno) -> Error {
    Error::new(ErrorKind::System, "cannot open /dev/null").because(errno)
}

/// What takes the place of the file in memory once the daemon is ready: the file, `/dev/null`.
#[derive(Debug)]
pub(crate) struct StderrUntilReady(Option<(OwnedFd, OwnedFd)>);

impl StderrUntilReady {
    /// Sends standard error to `/dev/null`, unless the program has sent it elsewhere by itself,
    /// and frees the memory, which children that were started before may still hold.
    pub(crate) fn release(self) {
        let Some((memory, null)) = self.0 else { return };
        let (Ok(memory_status), Ok(stderr_status)) = (fstat(&memory), fstat(std::io::stderr()))
        else {
            return;
        };
        let identity = |status: &FileStat| (status.st_dev, status.st_ino);
        if identity(&memory_status) == identity(&stderr_status) {
            let _ = dup2_stderr(&null);
        }
        if memory_status.st_size > 0 {
            let _ = ftruncate(&memory, 0);
        }
    }
}

/// The command's view of the daemon's standard error.
#[derive(Debug)]
pub(crate) struct Captured {
    text: Text,
    /// Where the daemon logs.
    pub(crate) log: Option<PathBuf>,
}

#[derive(Debug)]
enum Text {
    /// It went where the command's own goes.
    ShownAlready,
    Memory(OwnedFd),
    Log {
        path: PathBuf,
        from: u64,
    },
}

impl Captured {
    /// The end of what was written to standard error since the start began, and whether more
    /// stands before it.
    pub(crate) fn end(self) -> (Vec<u8>, bool) {
        let (file, from) = match self.text {
            Text::ShownAlready => return (Vec::new(), false),
            Text::Memory(file) => (File::from(file), 0),
            Text::Log { path, from } => {
                let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
                match open(&path, flags | OFlag::O_CLOEXEC, Mode::empty()) {
                    Ok(file) => (File::from(file), from),
                    Err(_) => return (Vec::new(), false),
                }
            }
        };
        read_end(&file, from).unwrap_or_default()
    }
}

fn read_end(file: &File, from: u64) -> std::io::Result<(Vec<u8>, bool)> {
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Ok((Vec::new(), false));
    }
    // A log that was emptied since begins anew.
    let from = if from > metadata.len() { 0 } else { from };
    let shown_from = from.max(metadata.len().saturating_sub(SHOWN));
    let mut text = vec![0; (metadata.len() - shown_from) as usize];
    // Not by reading on from where we are: the daemon's children may share the file offset.
    let length = file.read_at(&mut text, shown_from)?;
    text.truncate(length);
    Ok((text, shown_from > from))
}
