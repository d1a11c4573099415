//! The process that started this one, as far as it can be seen.

use std::env;
use std::ffi::OsString;
use std::io::{stdin, stdout};
use std::os::fd::AsFd;
use std::path::Path;

use nix::fcntl::{OFlag, open};
use nix::sys::stat::{Mode, SFlag};
use nix::unistd::{Pid, getpgrp, getpid, getppid, getsid};

use crate::process::own::PROCESS_1;
use crate::supervisor::environment::{Addressee, Environment};
use crate::sys;
use crate::sys::fstat;
use crate::sys::inode::{Inode, file_type};

/// The small inits of containers, by name. They run one program, pass everything on to it, and end
/// with it. Most are also known without a name, see [`Parent::is_a_small_init`]; these are known
/// where they are not process 1, or belong to another container than the program.
const SMALL_INITS: &[&str] = &[
    // systemd-nspawn --as-pid2
    "(sd-stubinit)",
    "bwrap",
    "catatonit",
    "docker-init",
    "dumb-init",
    "firejail",
    "podman-init",
    "tini",
    "tini-static",
];

/// The inits that run a whole system: what they have for a child was not started by them as a rule,
/// but left behind by its parent.
const FULL_INITS: &[&str] = &[
    "busybox",
    "finit",
    "init",
    "launchd",
    "openrc-init",
    "runit",
    "runit-init",
    "s6-svscan",
    "shepherd",
    "systemd",
];

/// Shells that do not go by POSIX.
const SHELLS_THAT_HEED_SIGTERM: &[&str] = &["elvish", "fish", "nu", "pwsh", "xonsh"];

/// What a process can find out beyond its environment. Each answer is looked up when it is asked
/// for, since a plain start from a shell needs hardly any.
pub(crate) trait Sight {
    /// 0 if it is outside our process namespace; see pid_namespaces(7).
    fn parent(&self) -> Pid;
    /// The parent at the beginning of this process, whose number is `own`; it may be gone by now.
    fn first_parent(&self, own: Pid) -> Option<Pid>;
    /// Its name in the kernel, at most 15 bytes; see proc_pid_comm(5). `None` where it cannot be
    /// seen.
    fn name(&self, process: Pid) -> Option<String>;
    fn arguments(&self, process: Pid) -> Vec<OsString>;
    /// A variable that the process was started with; `None` also where that cannot be seen.
    fn variable(&self, process: Pid, name: &str) -> Option<OsString>;
    fn ignores_sigterm(&self, process: Pid) -> bool;
    /// Whether this system shows a process what others are, unless they are hidden.
    fn shows_others(&self) -> bool;
    /// Whether our process namespace is not the machine's first.
    fn is_in_a_container(&self) -> bool;
    fn own_arguments(&self) -> Vec<OsString>;
    fn leads_its_session(&self) -> bool;
    fn leads_its_group(&self) -> bool;
    fn has_a_terminal(&self) -> bool;
    /// Whether standard input and output are the same connection.
    fn serves_a_connection(&self) -> bool;
}

/// The sight of this process.
pub(crate) struct ThisProcess;

impl ThisProcess {
    /// The number by which /proc knows a process: in a new process namespace, /proc may still be
    /// the one of the namespace above. Only process 1 is somebody else there for certain.
    fn shown(&self, process: Pid) -> Pid {
        if process == PROCESS_1 && self.is_in_a_container() && process == self.parent() {
            return sys::proc::shown_parent().unwrap_or(process);
        }
        process
    }
}

impl Sight for ThisProcess {
    fn parent(&self) -> Pid {
        getppid()
    }

    fn first_parent(&self, own: Pid) -> Option<Pid> {
        sys::start::parent_at_start(own)
    }

    fn name(&self, process: Pid) -> Option<String> {
        sys::proc::process_name(self.shown(process))
    }

    fn arguments(&self, process: Pid) -> Vec<OsString> {
        sys::proc::process_arguments(self.shown(process))
    }

    fn variable(&self, process: Pid, name: &str) -> Option<OsString> {
        sys::proc::process_variable(self.shown(process), name)
    }

    fn ignores_sigterm(&self, process: Pid) -> bool {
        sys::proc::ignores_sigterm(self.shown(process))
    }

    fn shows_others(&self) -> bool {
        sys::proc::SHOWS_OTHERS
    }

    fn is_in_a_container(&self) -> bool {
        sys::proc::is_in_nested_process_namespace()
    }

    fn own_arguments(&self) -> Vec<OsString> {
        env::args_os().collect()
    }

    fn leads_its_session(&self) -> bool {
        getsid(None) == Ok(getpid())
    }

    fn leads_its_group(&self) -> bool {
        getpgrp() == getpid()
    }

    /// See tty(4). A root directory of our own may have no /dev/tty.
    fn has_a_terminal(&self) -> bool {
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        open("/dev/tty", flags, Mode::empty()).is_ok()
            || sys::terminal::is_the_controlling_one(stdin().as_fd())
            || sys::terminal::is_the_controlling_one(std::io::stderr().as_fd())
    }

    fn serves_a_connection(&self) -> bool {
        serves_a_connection()
    }
}

/// Whether standard input and output are the same socket, as inetd(8) passes it.
///
/// Neither end of a socketpair(2) counts: sshd and node talk to their children over one or both.
/// They are of the Unix domain and have no name; see unix(7).
pub(crate) fn serves_a_connection() -> bool {
    let socket = |status: &_| file_type(status) == SFlag::S_IFSOCK;
    let Some(input) = fstat(stdin()).ok().filter(socket) else { return false };
    let same = fstat(stdout()).is_ok_and(|output| Inode::of(&output) == Inode::of(&input));
    same && sys::sockets::address(stdin())
        .is_ok_and(|address| address.family != libc::AF_UNIX || address.is_named)
}

/// The parent of this process.
pub(crate) struct Parent<'a> {
    pub(crate) sight: &'a dyn Sight,
    pub(crate) pid: Pid,
    /// `None` where it cannot be seen.
    pub(crate) name: Option<String>,
}

impl<'a> Parent<'a> {
    /// The parent of the process whose number is `own`: whoever started it, and whoever has taken
    /// it over since, if that one does not show any more.
    pub(crate) fn seen_by(sight: &'a dyn Sight, own: Pid) -> Self {
        // Number 0 is nobody.
        let name =
            |pid: Pid| Some(pid).filter(|pid| pid.as_raw() > 0).and_then(|it| sight.name(it));
        let named = |pid| Some(Parent { sight, pid, name: Some(name(pid)?) });
        sight.first_parent(own).and_then(named).unwrap_or_else(|| {
            let pid = sight.parent();
            Parent { sight, pid, name: name(pid) }
        })
    }

    pub(crate) fn is_process_1(&self) -> bool {
        self.pid == PROCESS_1
    }

    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.name.as_deref() == Some(name)
    }

    pub(crate) fn arguments(&self) -> Vec<OsString> {
        self.sight.arguments(self.pid)
    }

    /// Whether it exists in our namespace, but is not shown: where /proc is mounted with `hidepid`
    /// (`ProtectProc=` in systemd.exec(5)) another user's processes are not, and where there is no
    /// /proc nobody is.
    pub(crate) fn is_hidden(&self) -> bool {
        self.name.is_none() && self.pid.as_raw() > 0 && self.sight.shows_others()
    }

    /// Whether process 1 started us to be alone in a session, as init does by its inittab(5).
    /// Whoever is left behind by its parent becomes a child of process 1 too, but rarely leads a
    /// session.
    pub(crate) fn is_an_init_that_gave_us_a_session(&self) -> bool {
        self.is_process_1() && self.sight.leads_its_session()
    }

    /// Whether it is the small init of a container, which runs one program and ends with it.
    ///
    /// A list of their names is never complete, and an image may call tini `init`. So one of these
    /// is known by what it does: it is process 1 of the container without being the init of a
    /// whole system, and was told to run the very program that we are; or it started us in a
    /// process group of our own, to which it passes its signals. A shell at a terminal does that
    /// too. A script or program that is process 1 and starts others does neither.
    pub(crate) fn is_a_small_init(&self) -> bool {
        if self.name.as_deref().is_some_and(|name| SMALL_INITS.contains(&name)) {
            return true;
        }
        if !self.is_process_1() || self.name.is_none() || !self.sight.is_in_a_container() {
            return false;
        }
        let arguments = self.arguments();
        if self.is_a_full_init(&arguments) {
            return false;
        }
        let own = self.sight.own_arguments();
        let was_told_to_run_us =
            !own.is_empty() && arguments.get(1..).is_some_and(|words| words.ends_with(&own));
        was_told_to_run_us || self.sight.leads_its_group() && !self.is_a_shell_at_a_terminal()
    }

    /// Whoever passes SIGTERM on cannot ignore it, and a shell at a terminal has to, by POSIX
    /// ("sh", "OPTIONS", `-i`).
    fn is_a_shell_at_a_terminal(&self) -> bool {
        self.name.as_deref().is_some_and(|name| SHELLS_THAT_HEED_SIGTERM.contains(&name))
            || self.sight.ignores_sigterm(self.pid)
    }

    /// `/dev/init -- PROGRAM` is the one of docker and podman, under the name that they gave it
    /// for years; sysvinit, busybox and others are called `init` too, but run no program.
    fn is_a_full_init(&self, arguments: &[OsString]) -> bool {
        let is_one = self.name.as_deref().is_some_and(|name| FULL_INITS.contains(&name));
        is_one && !(self.is_called("init") && arguments.iter().any(|word| word == "--"))
    }

    /// The value of a variable that one process is given, unless we merely inherited it: whoever
    /// started us then has the same value, because it is meant for that process, or for one above
    /// it. A small init passes on what is meant for the program.
    pub(crate) fn gave_us(&self, name: &str, environment: Environment<'_>) -> Option<OsString> {
        let value = environment.get(name)?;
        let has_the_same =
            self.pid.as_raw() > 0 && self.sight.variable(self.pid, name).as_ref() == Some(&value);
        (!has_the_same || self.is_a_small_init()).then_some(value)
    }

    /// Where a supervisor waits to be told of readiness, if it waits for this process.
    ///
    /// `SYSTEMD_EXEC_PID` says which process systemd means. start-stop-daemon(8), in an /etc/init.d
    /// script that systemd starts, sets a socket of its own and leaves the number as it was.
    pub(crate) fn notify_socket(&self, environment: Environment<'_>) -> Option<OsString> {
        let address = environment.get("NOTIFY_SOCKET")?;
        let is_of_start_stop_daemon = || address.to_string_lossy().contains("/.s-s-d-notify");
        match environment.started_by_systemd() {
            Addressee::ThisProcess => Some(address),
            Addressee::Another if !is_of_start_stop_daemon() => None,
            _ => self.gave_us("NOTIFY_SOCKET", environment),
        }
    }

    /// Whether it is sudo(8), which runs this very program. Its variable is inherited by whatever
    /// is below a program that it runs.
    pub(crate) fn is_sudo(&self, environment: Environment<'_>) -> bool {
        let Some(command) = environment.get("SUDO_COMMAND") else { return false };
        let command = command.to_string_lossy();
        let program = self.sight.own_arguments().into_iter().next().unwrap_or_default();
        let file = |path: &str| Path::new(path).file_name().map(OsString::from);
        let first = command.split(' ').next().unwrap_or_default();
        file(first).is_some_and(|first| Some(first) == file(&program.to_string_lossy()))
    }
}
