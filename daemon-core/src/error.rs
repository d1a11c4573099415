//! Every way in which a start can fail: what was tried, on what, the system's reason, what to do,
//! and the exit status.

use std::{fmt, io};

use crate::sys::Errno;

/// Why a start failed.
///
/// Its text is complete: what was tried and on what, the system's reason, and what to do about it.
/// It does not begin with the program's name.
// In a box, and made by functions that are not inlined: it is handed through many others, nearly all
// of which succeed, and their code is smaller for it.
#[derive(Clone)]
pub struct Error(Box<Parts>);

#[derive(Clone)]
struct Parts {
    kind: ErrorKind,
    what: String,
    errno: Option<Errno>,
    advice: Option<String>,
}

/// The kind of an [`Error`], each with an exit status from sysexits(3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An option makes no sense, or `configure` failed: `EX_CONFIG`, 78.
    Config,
    /// The user or group does not exist: `EX_NOUSER`, 67.
    NoUser,
    /// The pidfile or a log could not be created: `EX_CANTCREAT`, 73.
    CannotCreate,
    /// The system refused something that it usually grants, or `privileged` failed: `EX_OSERR`, 71.
    System,
    /// The caller is not permitted to do this: `EX_NOPERM`, 77.
    Permission,
    /// The program is at fault, for example because threads run before the launch: `EX_SOFTWARE`,
    /// 70.
    Software,
    /// Another instance holds the pidfile: `EX_TEMPFAIL`, 75.
    AlreadyRunning,
    /// The daemon was not ready in time: 124, as timeout(1) has it.
    Timeout,
    /// It is not proved which process the daemon is, or the caller may not signal it: 4, as the
    /// Linux Standard Base has it for "unknown" and for "insufficient privilege".
    Unproven,
    /// A supervisor is in charge of the daemon, or several daemons run: 78.
    Supervised,
}

/// An [`Error`] as it is reported to another process: to the waiting command, or to a supervisor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The exit status of the process.
    pub(crate) exit_code: u8,
    /// The system's reason, or the nearest equivalent.
    pub(crate) errno: Errno,
    pub(crate) message: String,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let (exit_code, errno) = (error.exit_code(), error.errno());
        Failure { exit_code, errno, message: error.to_string() }
    }
}

/// The system's reason behind an error of the standard library.
pub(crate) fn errno_of(error: io::Error) -> Errno {
    Errno::try_from(error).unwrap_or(Errno::EIO)
}

/// The system's words for its reason; see strerror(3).
///
/// Not those of nix: each pointer of its tables would be relocated at every start of the program.
pub(crate) fn words_of(errno: Errno) -> String {
    if cfg!(not(unix)) {
        return errno.to_string();
    }
    let mut text = io::Error::from_raw_os_error(errno as i32).to_string();
    if let Some(end) = text.rfind(" (os error ") {
        text.truncate(end);
    }
    text
}

impl ErrorKind {
    pub(crate) const fn exit_code(self) -> u8 {
        match self {
            ErrorKind::Config => 78,
            ErrorKind::NoUser => 67,
            ErrorKind::CannotCreate => 73,
            ErrorKind::System => 71,
            ErrorKind::Permission => 77,
            ErrorKind::Software => 70,
            ErrorKind::AlreadyRunning => 75,
            ErrorKind::Timeout => 124,
            ErrorKind::Unproven => 4,
            ErrorKind::Supervised => 78,
        }
    }
}

impl Error {
    /// `what` says what was tried, and on what.
    pub(crate) fn new(kind: ErrorKind, what: impl Into<String>) -> Self {
        Error::of(kind, what.into())
    }

    #[cold]
    #[inline(never)]
    fn of(kind: ErrorKind, what: String) -> Self {
        Error(Box::new(Parts { kind, what, errno: None, advice: None }))
    }

    /// For something that the system refused: `what` follows the word "cannot".
    pub(crate) fn cannot(what: impl fmt::Display, errno: Errno) -> Self {
        Error::refused_by_the_system(&what, errno)
    }

    #[cold]
    #[inline(never)]
    fn refused_by_the_system(what: &dyn fmt::Display, errno: Errno) -> Self {
        Error::new(ErrorKind::System, format!("cannot {what}")).because(errno)
    }

    /// Changes the kind to [`ErrorKind::Permission`] if the system's reason is `EPERM`.
    pub(crate) fn permission_if_eperm(mut self) -> Self {
        if self.0.errno == Some(Errno::EPERM) {
            self.0.kind = ErrorKind::Permission;
        }
        self
    }

    /// Adds the system's reason.
    #[cold]
    #[inline(never)]
    pub(crate) fn because(mut self, errno: Errno) -> Self {
        self.0.errno = Some(errno);
        self
    }

    /// Adds what to do about it, in the imperative.
    pub(crate) fn advise(self, advice: impl Into<String>) -> Self {
        self.with_advice(advice.into())
    }

    #[cold]
    #[inline(never)]
    fn with_advice(mut self, advice: String) -> Self {
        self.0.advice = Some(advice);
        self
    }

    /// The system's reason, or the one nearest to the kind: start-stop-daemon(8) understands
    /// nothing else.
    pub(crate) fn errno(&self) -> Errno {
        self.0.errno.unwrap_or(match self.0.kind {
            ErrorKind::Config => Errno::EINVAL,
            ErrorKind::NoUser => Errno::ENOENT,
            ErrorKind::CannotCreate => Errno::EACCES,
            ErrorKind::System => Errno::EIO,
            ErrorKind::Permission => Errno::EPERM,
            ErrorKind::Software => Errno::ECANCELED,
            ErrorKind::AlreadyRunning => Errno::EAGAIN,
            ErrorKind::Timeout => Errno::ETIMEDOUT,
            ErrorKind::Unproven => Errno::EPERM,
            ErrorKind::Supervised => Errno::EINVAL,
        })
    }

    /// The kind of this error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The number of the system's error, if the system refused something; see errno(3).
    pub fn raw_os_error(&self) -> Option<i32> {
        self.0.errno.map(|errno| errno as i32)
    }

    /// The exit status of a command that fails for this reason, from sysexits(3).
    pub fn exit_code(&self) -> u8 {
        self.0.kind.exit_code()
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { kind, what, errno, advice } = &*self.0;
        f.debug_struct("Error")
            .field("kind", kind)
            .field("what", what)
            .field("errno", &errno.map(|errno| errno as i32))
            .field("advice", advice)
            .finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.what)?;
        if let Some(errno) = self.0.errno {
            write!(f, ": {}", words_of(errno))?;
        }
        if let Some(advice) = &self.0.advice {
            write!(f, ": {advice}")?;
        }
        Ok(())
    }
}

/// It has no [`source`](std::error::Error::source): its text says everything already.
impl std::error::Error for Error {}

/// For `?` in a `main` that returns an [`io::Result`]: the text stays, and the system's kind.
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let number = error.raw_os_error();
        let kind = number.map(|number| io::Error::from_raw_os_error(number).kind());
        io::Error::new(kind.unwrap_or(io::ErrorKind::Other), error)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::io;

    use super::{Errno, Error, ErrorKind};

    #[test]
    fn it_says_what_was_tried_why_it_failed_and_what_to_do() {
        let error = Error::new(ErrorKind::CannotCreate, "cannot create the pidfile /run/a/b.pid")
            .because(Errno::ENOENT)
            .advise("create /run/a, or choose another pidfile");
        let text = "cannot create the pidfile /run/a/b.pid: No such file or directory: \
                    create /run/a, or choose another pidfile";
        assert_eq!(error.to_string(), text);
        assert_eq!(error.exit_code(), 73);
        assert_eq!(error.raw_os_error(), Some(libc::ENOENT));
        assert!(error.source().is_none());
    }

    #[test]
    fn where_an_error_of_the_standard_library_is_expected_it_keeps_text_and_kind() {
        let error = Error::new(ErrorKind::AlreadyRunning, "already running");
        let error = io::Error::from(error);
        assert_eq!(
            (error.to_string().as_str(), error.kind()),
            ("already running", io::ErrorKind::Other)
        );
        let error = io::Error::from(Error::cannot("open /run/a.pid", Errno::EACCES));
        assert_eq!(error.to_string(), "cannot open /run/a.pid: Permission denied");
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
    }

    #[test]
    fn it_can_be_boxed_and_sent() {
        fn is_an_error<E: std::error::Error + Send + Sync + 'static>() {}
        is_an_error::<Error>();
    }
}
