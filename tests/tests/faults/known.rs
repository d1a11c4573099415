//! What is wrong today, and why. Whatever is mended leaves this list: a line that nothing shows any
//! more fails the suite.

use daemon_tests::faults::{
    Deed::{self, Fail, Kill},
    Role::{self, Command, Daemon, Intermediate},
};
use libc::{EACCES, EAGAIN, ECHILD, EINTR, EINVAL, EIO, ENOENT, ENOMEM, ENOSPC, EPERM, EPIPE};

use crate::scenario::Scenario;

/// Something that is wrong.
#[derive(Debug)]
pub(crate) struct Known {
    /// The names of the scenarios in which it shows.
    pub(crate) scenarios: &'static [&'static str],
    role: Role,
    /// The call, in words; `*` is any call.
    label: &'static str,
    deeds: &'static [Deed],
    /// How it shows.
    pub(crate) wrong: &'static str,
    /// Whether it shows each time, and not only if the processes run in some order.
    pub(crate) always: bool,
    /// Only for people.
    _why: &'static str,
}

impl Known {
    /// Whether it is this that is wrong.
    pub(crate) fn is(&self, (role, label, deed): (Role, &str, Deed), wrong: &str) -> bool {
        self.is_at((role, label, deed)) && self.wrong == wrong
    }

    /// Whether it has to do with this fault, however it shows.
    pub(crate) fn is_at(&self, (role, label, deed): (Role, &str, Deed)) -> bool {
        self.role == role
            && (self.label == label || self.label == "*")
            && self.deeds.contains(&deed)
    }
}

/// What is known of this scenario.
pub(crate) fn of(scenario: &Scenario) -> impl Iterator<Item = &'static Known> {
    KNOWN.iter().filter(|it| it.scenarios.contains(&scenario.name))
}

const ALL_READY: &[&str] = &["plain", "log", "user", "plain, told", "log, told", "user, told"];
const READY_TOLD: &[&str] = &["plain, told", "log, told", "user, told"];

const NOT_WRITTEN: &[Deed] = &[Fail(EAGAIN), Fail(EIO), Fail(ENOSPC), Fail(EPIPE)];

const LEFT: &str = "it fails, and a process is left";
const UNNAMED: &str = "it does not say what failed";
const UNTOLD_READY: &str = "status 0 without READY=1";
const REASONLESS: &str = "the body's reason is lost";

const ALWAYS: bool = true;
const SOMETIMES: bool = false;

macro_rules! known {
    ($($how_often:ident: $scenarios:expr, $role:ident, $label:literal, $deeds:expr, $wrong:expr, $why:literal;)*) => {
        const KNOWN: &[Known] = &[$(Known {
            scenarios: $scenarios,
            role: $role,
            label: $label,
            deeds: $deeds,
            wrong: $wrong,
            always: $how_often,
            _why: $why,
        }),*];
    };
}

known! {
    ALWAYS: READY_TOLD, Intermediate, "write pipe",
        NOT_WRITTEN, LEFT,
        "what the intermediate process says of the daemon is lost, and with it the daemon";
    ALWAYS: &["fails, told"], Intermediate, "write pipe",
        NOT_WRITTEN, UNNAMED,
        "the command says once more, and less well, what the intermediate process has said";
    SOMETIMES: READY_TOLD, Command, "read pipe",
        &[Fail(EIO)], LEFT,
        "as above";
    SOMETIMES: READY_TOLD, Command, "read pipe",
        &[Fail(EIO)], UNTOLD_READY,
        "as above";
    ALWAYS: READY_TOLD, Intermediate, "*",
        &[Kill], LEFT,
        "nobody ends the daemon when the process that watches it is killed";
    ALWAYS: &["fails, told"], Intermediate, "*",
        &[Kill], REASONLESS,
        "the command cannot read what the daemon has written: only the intermediate process can";
    ALWAYS: &["fails, told"], Command, "waitid",
        &[Fail(ECHILD)], REASONLESS,
        "as above";
    ALWAYS: READY_TOLD, Command, "write socket",
        &[Fail(EINTR)], UNTOLD_READY,
        "it is not sent again";
    ALWAYS: READY_TOLD, Command, "write socket",
        &[Fail(EIO), Fail(ENOSPC), Fail(EPIPE)], UNTOLD_READY,
        "the supervisor was not told, and nobody hears of that";
    ALWAYS: ALL_READY, Daemon, "write pipe",
        NOT_WRITTEN, UNNAMED,
        "the daemon could not say that it is ready; the command says that the descriptor was \
         closed, or that the daemon was killed";
    ALWAYS: &["fails"], Command, "fcntl F_DUPFD_CLOEXEC memfd",
        &[Fail(EINVAL), Fail(ENOMEM), Fail(EPERM)], REASONLESS,
        "what cannot be read back is not said to be so";
    ALWAYS: &["fails"], Command, "stat memfd",
        &[Fail(EACCES), Fail(ENOENT), Fail(ENOMEM)], REASONLESS,
        "as above";
    ALWAYS: &["fails"], Command, "pread memfd",
        &[Fail(EINTR), Fail(EIO)], REASONLESS,
        "as above; and EINTR says only: once more";
    ALWAYS: &["fails, told"], Intermediate, "fcntl F_DUPFD_CLOEXEC memfd",
        &[Fail(EINVAL), Fail(ENOMEM), Fail(EPERM)], REASONLESS,
        "as above";
    ALWAYS: &["fails, told"], Intermediate, "stat memfd",
        &[Fail(EACCES), Fail(ENOENT), Fail(ENOMEM)], REASONLESS,
        "as above";
    ALWAYS: &["fails, told"], Intermediate, "pread memfd",
        &[Fail(EINTR), Fail(EIO)], REASONLESS,
        "as above";
    ALWAYS: &["fails"], Command, "mmap",
        &[Fail(ENOMEM)], "it panics",
        "a thread writes the last words, and the standard library panics in it, where it cannot \
         have a stack for signals";
    ALWAYS: &["fails"], Command, "mprotect",
        &[Fail(ENOMEM)], "it panics",
        "as above";
    ALWAYS: &["fails, told"], Intermediate, "mmap",
        &[Fail(ENOMEM)], "it panics",
        "as above";
    ALWAYS: &["fails, told"], Intermediate, "mprotect",
        &[Fail(ENOMEM)], "it panics",
        "as above";
    ALWAYS: &["user", "user, told"], Daemon, "prctl PR_CAP_AMBIENT",
        &[Fail(EPERM)], UNNAMED,
        "it says `capget fails`";
    SOMETIMES: &["fails, told"], Command, "read pipe",
        &[Fail(EIO)], UNNAMED,
        "the command says once more, and less well, what the intermediate process has said";
    SOMETIMES: &["plain", "log", "fails", "user"], Command, "waitid",
        &[Fail(ECHILD)], UNNAMED,
        "that somebody else has taken the status is told as another process namespace";
    SOMETIMES: &["fails, told"], Intermediate, "waitid",
        &[Fail(ECHILD)], UNNAMED,
        "as above";
    SOMETIMES: &["fails"], Command, "fcntl F_GETOWN_EX pipe",
        &[Fail(EINVAL), Fail(ENOMEM), Fail(EPERM)], REASONLESS,
        "who the daemon is cannot be asked, and its words are not shown";
}
