//! The logs of a running daemon, opened anew when logrotate(8) has moved them.

use std::ffi::CString;
use std::io::Write;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::files::log::{Log, Owner};
use crate::files::stdio::{Stdio, Stream};
use crate::running::sink::Sink;
use crate::sys::per_process::PerProcess;
use crate::sys::reopening::{self, OpenLog};

/// The logs that standard output and error go to.
#[derive(Debug, Default)]
pub(crate) struct Logs {
    logs: Vec<LogOfStreams>,
    open: &'static [OpenLog],
    umask: u32,
    /// The reader of standard error once the daemon is ready; `None` if it stays where it was.
    pub(super) error: Option<Sink>,
    /// Whether they are outside the root directory of the daemon.
    are_out_of_reach: bool,
}

#[derive(Debug)]
struct LogOfStreams {
    path: PathBuf,
    streams: &'static [Stream],
}

/// How long a thread that is just writing may keep a log from being replaced. Afterwards one of its
/// lines may be torn in two. Threads that write all the time can keep others from a lock for more
/// than a tenth of a second where there are fewer processors than threads.
const PATIENCE: Duration = Duration::from_secs(1);

/// Taken by the thread that opens them anew. A child that is forked meanwhile begins without it: there
/// it would be taken for ever.
pub(super) static ONE_AT_A_TIME: PerProcess<Mutex<()>> = PerProcess::new();

impl Logs {
    /// Notes the logs among these streams, before they are in place.
    pub(crate) fn of(stdio: &Stdio, umask: u32, are_out_of_reach: bool) -> Self {
        let mut logs = Vec::new();
        let mut open = Vec::new();
        let mut error = stdio
            .goes_to_journal(Stream::Error)
            .map(|goes_to_journal| if goes_to_journal { Sink::Journal } else { Sink::Nobody });
        for (log, streams) in stdio.logs() {
            if streams.contains(&Stream::Error) {
                error = Some(Sink::File(log.path().to_owned()));
            }
            let Ok(path) = CString::new(log.path().as_os_str().as_bytes()) else { continue };
            let Some(file) = log.regular else { continue };
            let numbers = streams.iter().map(|stream| stream.number()).collect();
            open.push(OpenLog::new(path, 0o666 & !umask, numbers, file));
            logs.push(LogOfStreams { path: log.path().to_owned(), streams });
        }
        let open = if open.is_empty() { &[] } else { reopening::keep(open) };
        Logs { logs, open, umask, error, are_out_of_reach }
    }

    /// Whether there are some, outside the root directory of the daemon.
    pub(super) fn are_out_of_reach(&self) -> bool {
        !self.logs.is_empty() && self.are_out_of_reach
    }

    /// Whether a signal handler can open them anew.
    pub(super) fn can_be_reopened_by_signal(&self) -> bool {
        !self.logs.is_empty() && !self.are_out_of_reach
    }

    /// Opens all of them anew. Reports the first that could not be.
    pub(super) fn reopen(&self) -> Result<(), Error> {
        let one_at_a_time = ONE_AT_A_TIME.get_or_init(Mutex::default);
        let _guard = one_at_a_time.lock().unwrap_or_else(PoisonError::into_inner);
        if self.are_out_of_reach() {
            let what = "cannot reopen the logs: they are outside the root directory (`chroot`)";
            return Err(Error::new(ErrorKind::Config, what)
                .advise("let logrotate copy and truncate them (`copytruncate`)"));
        }
        let reopened =
            self.logs.iter().zip(self.open).map(|(log, open)| self.reopen_one(log, open));
        // Each of them, also after a failure.
        reopened.fold(Ok(()), Result::and)
    }

    fn reopen_one(&self, log: &LogOfStreams, open: &OpenLog) -> Result<(), Error> {
        let new = Log::open(&log.path, Owner::new(None, self.umask))?;
        let Some(file) = new.regular else {
            let what = format!("cannot reopen the log {}: it is not a file", log.path.display());
            return Err(Error::new(ErrorKind::CannotCreate, what));
        };
        if !open.is(file) {
            with_locked(log.streams, || open.replace_by(new.as_fd().as_raw_fd(), file));
        }
        Ok(())
    }
}

/// Does something while nobody is in the middle of a line to these streams, and what was buffered is
/// written.
///
/// The standard library's locks can only be waited for, and a program may hold one for ever, so
/// another thread does that.
fn with_locked(streams: &'static [Stream], replace: impl FnOnce()) {
    let (locked, is_locked) = channel();
    let (done, until_done) = channel::<()>();
    let locking = thread::Builder::new().name("daemon-log".to_owned()).stack_size(64 * 1024).spawn(
        move || {
            lock_then(streams, &mut || {
                let _ = locked.send(());
                let _ = until_done.recv();
            });
        },
    );
    if locking.is_ok() {
        let _ = is_locked.recv_timeout(PATIENCE);
    }
    replace();
    drop(done);
}

fn lock_then(streams: &[Stream], then: &mut dyn FnMut()) {
    match streams {
        [] => then(),
        [Stream::Output, rest @ ..] => {
            let mut locked = std::io::stdout().lock();
            let _ = locked.flush();
            lock_then(rest, then);
        }
        [Stream::Error, rest @ ..] => {
            let _locked = std::io::stderr().lock();
            lock_then(rest, then);
        }
    }
}
