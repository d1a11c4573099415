//! The running daemon: which process it is, by two witnesses that agree, and the signals that are
//! sent to it and to no other.
//!
//! The kernel says who holds the lock of the pidfile, and the file says a number. A descriptor of
//! the process is opened between two looks at both, so that the number cannot have become another
//! process's; see pidfd_open(2). All of it is done anew before each signal.

use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::PollTimeout;
use nix::unistd::{Pid, Uid, User};

use crate::error::{Error, ErrorKind, words_of};
use crate::files::pidfile::{Found, Opened};
use crate::process::signals;
use crate::sys;
use crate::sys::descriptors::is_readable_within;
use crate::sys::proc::OtherStatus;

/// How long a lock may be without witnesses: its start is under way.
const START: Duration = Duration::from_secs(2);

/// How long a process may take from the loss of its locks to its end, in milliseconds.
const END: u16 = 1000;

/// How often to look meanwhile.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// The process that a pidfile belongs to.
#[derive(Debug)]
pub(crate) struct Holder {
    pub(crate) pid: Pid,
    process: OwnedFd,
    pidfile: Opened,
}

/// The state of affairs behind the name of a pidfile.
#[derive(Debug)]
pub(crate) enum Behind {
    /// No daemon. The file, if there is one that nobody holds.
    Nobody(Option<Opened>),
    /// This daemon.
    Daemon(Holder),
    /// Perhaps a daemon; this is why that is not proved.
    Unproven(String),
}

/// Who is behind the name of this pidfile; a start that is under way is given some time.
pub(crate) fn behind(path: &Path) -> Behind {
    let since = Instant::now();
    loop {
        match look(path) {
            Some(behind) => return behind,
            None if since.elapsed() < START => thread::sleep(LOOK_AGAIN),
            None => return Behind::Unproven(unnamed(path)),
        }
    }
}

/// The daemon of this pidfile, if one is proved to run at this moment.
pub(crate) fn seen(path: &Path) -> Option<Pid> {
    match look(path) {
        Some(Behind::Daemon(holder)) => Some(holder.pid),
        _ => None,
    }
}

/// Why nobody is named by now.
fn unnamed(path: &Path) -> String {
    let sharing = Opened::at(path).ok().flatten().map(|file| file.processes()).unwrap_or_default();
    match sharing.first() {
        Some(pid) => format!("process {pid} shares the lock of one that has ended"),
        None => "it is locked, and nothing says by which process".to_owned(),
    }
}

/// `None` if a start is under way.
fn look(path: &Path) -> Option<Behind> {
    let unproven = |why: String| Some(Behind::Unproven(why));
    let pidfile = match Opened::at(path) {
        Ok(Some(pidfile)) => pidfile,
        Ok(None) => return Some(Behind::Nobody(None)),
        Err(Errno::ELOOP) => {
            return unproven("it is a symbolic link, which is not followed".to_owned());
        }
        Err(errno) => return unproven(cannot_open(path, errno)),
    };
    let pid = match pidfile.holder() {
        Found::Nobody => return Some(Behind::Nobody(Some(pidfile))),
        Found::Unnamed => return None,
        Found::Unproven(why) => return unproven(why),
        Found::Process(pid) => pid,
    };
    let Some(process) = sys::open_pidfd(pid) else {
        if !matches!(pidfile.holder(), Found::Process(still) if still == pid) {
            return None; // it ended in between
        }
        return unproven(format!("the system gives no descriptor of process {pid}"));
    };
    let holder = Holder { pid, process, pidfile };
    match holder.confirm() {
        Ok(()) => Some(Behind::Daemon(holder)),
        Err(_) if holder.has_ended() => None,
        Err(why) => unproven(why),
    }
}

/// The number of another user's file is theirs to read.
fn cannot_open(path: &Path, errno: Errno) -> String {
    let owner = nix::sys::stat::lstat(path).map(|status| Uid::from_raw(status.st_uid));
    match (errno, owner) {
        (Errno::EACCES, Ok(owner)) => {
            let name = User::from_uid(owner).ok().flatten().map(|user| user.name);
            let owner = name.unwrap_or_else(|| format!("uid {owner}"));
            format!("only {owner} can look at it: ask as {owner}")
        }
        _ => format!("it cannot be opened: {}", words_of(errno)),
    }
}

impl Holder {
    /// Whether both witnesses still name this process, and it is whose the file is.
    fn confirm(&self) -> Result<(), String> {
        match self.pidfile.holder() {
            Found::Process(pid) if pid == self.pid => {}
            Found::Unproven(why) => return Err(why),
            _ => {
                // At its end a process loses its locks a little before the kernel says that it has
                // ended: the callers ask for that next.
                self.ends_within(END.into());
                return Err(format!("process {} does not hold it any more", self.pid));
            }
        }
        // Root may hold a file of its own as any user: that file nobody else could have locked.
        let owner = self.pidfile.owner();
        if owner == 0 {
            return Ok(());
        }
        let Some(OtherStatus { uids, .. }) = self.status() else {
            return Err(format!("whose process {} is cannot be seen", self.pid));
        };
        if uids.iter().all(|uid| *uid == owner) {
            return Ok(());
        }
        Err(format!("it belongs to uid {owner}, and process {} does not", self.pid))
    }

    pub(crate) fn path(&self) -> &Path {
        self.pidfile.path()
    }

    pub(crate) fn pidfile(&self) -> &Opened {
        &self.pidfile
    }

    pub(crate) fn status(&self) -> Option<OtherStatus> {
        sys::proc::status_of(self.pid)
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ends_within(PollTimeout::ZERO)
    }

    /// Waits for its end, but no longer than that.
    pub(crate) fn ends_within(&self, limit: PollTimeout) -> bool {
        is_readable_within(self.process.as_fd(), limit)
    }

    /// Sends it a signal, after proof that it still is the daemon. One that has ended needs none.
    pub(crate) fn signal(&self, signal: libc::c_int) -> Result<(), Error> {
        if self.has_ended() {
            return Ok(());
        }
        if let Err(why) = self.confirm() {
            return if self.has_ended() { Ok(()) } else { Err(not_proved(self.path(), &why)) };
        }
        let errno = match sys::signal_by_pidfd(&self.process, signal) {
            Ok(()) | Err(Errno::ESRCH) => return Ok(()),
            Err(errno) => errno,
        };
        let signal = signals::name(signal);
        let what = format!("cannot send {signal} to the daemon, process {}", self.pid);
        let error = Error::new(ErrorKind::Unproven, what).because(errno);
        if errno == Errno::EPERM {
            Err(error.advise("ask as root, or as the daemon's user"))
        } else {
            Err(error)
        }
    }
}

/// It is not proved which process has this pidfile: nothing is signalled then.
pub(crate) fn not_proved(pidfile: &Path, why: &str) -> Error {
    let what = format!("which process holds {} is not known: {why}", pidfile.display());
    Error::new(ErrorKind::Unproven, what)
}
