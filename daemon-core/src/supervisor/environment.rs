//! The environment: what is meant for this very process, and what it merely inherited from another.

use std::env;
use std::ffi::OsString;
use std::str::FromStr;

use nix::unistd::Pid;

use crate::process::threads;
use crate::sys;
use crate::sys::process::set_variable;

/// The variables that are meant for one process. Its children must not take them for their own; see
/// sd_notify(3), sd_listen_fds(3), sd_watchdog_enabled(3).
const FOR_ONE_PROCESS: &[&str] = &[
    "NOTIFY_SOCKET",
    "NOTIFICATION_FD",
    "WATCHDOG_USEC",
    "WATCHDOG_PID",
    "LISTEN_FDS",
    "LISTEN_FDNAMES",
    "LISTEN_PID",
    "LISTEN_PIDFDID",
];

/// The variables, and the process that they were given to.
#[derive(Clone, Copy)]
pub(crate) struct Environment<'a> {
    variable: &'a dyn Fn(&str) -> Option<OsString>,
    /// Whether it counts at all; see [`Environment::of_this_process`].
    pub(crate) counts: bool,
    /// The process that was started with this environment.
    pub(crate) pid: Pid,
}

/// The process that a variable such as `LISTEN_PID` means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Addressee {
    ThisProcess,
    /// We inherited the variable from the process that it means, or from one below it.
    Another,
    NotSaid,
}

impl Environment<'static> {
    /// The environment of this process, whose number is `pid`. Every variable that the library
    /// heeds is looked up here.
    ///
    /// If the process gained privileges by being executed, because the program is set-user-ID for
    /// example, none is there: whoever set them must not decide where the privileges go; see
    /// secure_getenv(3).
    pub(crate) fn of_this_process(pid: Pid) -> Self {
        if sys::secure::gained_privileges() {
            return Environment { variable: &|_| None, counts: false, pid };
        }
        Environment { variable: &|name| env::var_os(name), counts: true, pid }
    }
}

impl<'a> Environment<'a> {
    #[cfg(test)]
    pub(crate) fn new(pid: i32, variable: &'a dyn Fn(&str) -> Option<OsString>) -> Self {
        Environment { variable, counts: true, pid: Pid::from_raw(pid) }
    }

    /// The value of a variable; an empty one counts as unset.
    pub(crate) fn get(&self, name: &str) -> Option<OsString> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The value as a number; anything else counts as unset.
    pub(crate) fn number<N: FromStr>(&self, name: &str) -> Option<N> {
        self.get(name)?.to_str()?.parse().ok()
    }

    /// Which process the number in this variable means.
    pub(crate) fn addressee(&self, name: &str) -> Addressee {
        match self.number(name) {
            Some(pid) if Pid::from_raw(pid) == self.pid => Addressee::ThisProcess,
            Some(_) => Addressee::Another,
            None => Addressee::NotSaid,
        }
    }

    /// Which process systemd started, according to `SYSTEMD_EXEC_PID`; see systemd.exec(5).
    /// Everything below it inherits the variable: a shell, the programs of a desktop.
    pub(crate) fn started_by_systemd(&self) -> Addressee {
        self.addressee("SYSTEMD_EXEC_PID")
    }
}

/// Removes the variables meant for this process alone, unless there are other threads, which might
/// be reading the environment.
pub(crate) fn remove_variables_meant_for_us() {
    let mut set = FOR_ONE_PROCESS.to_vec();
    set.retain(|name| env::var_os(name).is_some());
    if !set.is_empty() && threads::refuse().is_ok() {
        set.into_iter().for_each(|name| set_variable(name, None));
    }
}
