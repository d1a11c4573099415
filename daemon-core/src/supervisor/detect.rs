//! The signs that tell a program that something supervises it already.

use std::io::{stdin, stdout};

use nix::sys::stat::{SFlag, fstat};
use nix::unistd::{Pid, getppid};

use crate::supervisor::decision::Decided;
use crate::supervisor::environment::{Addressee, Environment};
use crate::sys;
use crate::sys::inode::{Inode, file_type};

/// What a process can see of whatever started it.
pub(crate) struct Surroundings<'a> {
    environment: Environment<'a>,
    parent: Parent,
    /// Whether standard input and output are the same connection.
    serves_a_connection: bool,
}

struct Parent {
    /// 0 if it is outside our process namespace; see pid_namespaces(7).
    pid: Pid,
    /// Its name in the kernel, at most 15 bytes; see proc_pid_comm(5). `None` where /proc does not
    /// show it.
    name: Option<String>,
    /// Looked up only if it may be supervisord.
    arguments: Vec<String>,
}

/// Supervisors and the small inits of containers: the name of each, and a variable that it sets for
/// the programs that it starts.
///
/// Where there is no variable, the name is enough; the variable alone never is, since everything
/// below such a program inherits it.
const SUPERVISORS: &[(&str, Option<&str>)] = &[
    // systemd-nspawn --as-pid2
    ("(sd-stubinit)", None),
    // Both end their process namespace when the program that they started ends.
    ("bwrap", None),
    ("firejail", None),
    ("catatonit", None),
    ("circusd", None),
    // Run by podman and CRI-O, or docker and containerd, for each container: seen where the
    // container shares the process namespace of the host (`--pid=host`, `hostPID`).
    ("conmon", None),
    ("containerd-shim", None),
    ("dinit", None),
    ("docker-init", None),
    ("dumb-init", None),
    ("perpd", None),
    ("procd", None),
    ("runsv", None),
    ("s6-supervise", None),
    // daemontools
    ("supervise", None),
    // OpenRC's supervise-daemon
    ("supervise-daemo", Some("RC_SVCNAME")),
    ("tini", None),
    ("tini-static", None),
];

/// A variable that supervisord sets for the programs that it starts.
const SUPERVISORD: &str = "SUPERVISOR_ENABLED";

/// The process that keeps the process namespace shared by the containers of a Kubernetes pod
/// (`shareProcessNamespace`): their programs are not process 1 then, and have no parent inside.
const PAUSE: &str = "pause";

impl Parent {
    /// supervisord is a script: started as `python3 /usr/bin/supervisord`, the process has the name
    /// of the interpreter. And /proc may hide it from its programs (the mount option `hidepid`).
    fn may_be_supervisord(&self) -> bool {
        let Some(name) = &self.name else { return true };
        let is_named = |argument: &str| argument.ends_with("supervisord");
        name == "supervisord"
            || name.starts_with("python") && self.arguments.iter().take(4).any(|it| is_named(it))
    }
}

impl<'a> Surroundings<'a> {
    /// The surroundings of this process.
    pub(crate) fn of(environment: Environment<'a>) -> Self {
        let pid = getppid();
        let name = sys::proc::process_name(pid);
        let is_interpreter = environment.has(SUPERVISORD)
            && name.as_ref().is_some_and(|name| name.starts_with("python"));
        let arguments = if is_interpreter { sys::proc::process_arguments(pid) } else { Vec::new() };
        Surroundings {
            environment,
            parent: Parent { pid, name, arguments },
            serves_a_connection: serves_a_connection(),
        }
    }

    /// The mode that the supervisor of this process expects, and how we know; the surest signs
    /// first.
    pub(crate) fn supervisor(&self) -> Option<(Decided, String)> {
        let environment = &self.environment;
        let stays = |why: &str| Some((Decided::Foreground, why.to_owned()));
        // When process 1 ends, the kernel ends all others with it; see pid_namespaces(7).
        if environment.pid == Pid::from_raw(1) {
            return stays("it is process 1, the init of a container");
        }
        if self.is_systemd_unit() && environment.has("PIDFILE") {
            // See systemd.exec(5), "$PIDFILE".
            let why = "systemd started it, for a unit with PIDFile=";
            return Some((Decided::Background, why.to_owned()));
        }
        if environment.notify_socket().is_some() {
            return stays("NOTIFY_SOCKET is set: a supervisor waits to be told of readiness");
        }
        if self.is_systemd_unit() {
            return stays("systemd started it");
        }
        if environment.addressee("LISTEN_PID") == Addressee::ThisProcess {
            return stays("LISTEN_PID is its number: sockets were passed to it");
        }
        if let Some(name) = self.supervising_parent() {
            return stays(&format!("its parent is {name}"));
        }
        if self.is_in_a_shared_pod() {
            return stays("it is the program of a container in a pod");
        }
        self.serves_a_connection
            .then_some("standard input and output are one connection, as inetd passes it")
            .and_then(stays)
    }

    /// Whether systemd started this very process. Before version 248 it does not say which one, and
    /// everything below inherits `INVOCATION_ID`: then the parent has to be systemd.
    pub(crate) fn is_systemd_unit(&self) -> bool {
        match self.environment.started_by_systemd() {
            Addressee::ThisProcess => true,
            Addressee::Another => false,
            Addressee::NotSaid => {
                self.environment.has("INVOCATION_ID")
                    && self.parent.name.as_deref() == Some("systemd")
            }
        }
    }

    fn supervising_parent(&self) -> Option<&str> {
        // launchd is process 1; in programs that are not its jobs, XPC_SERVICE_NAME is 0.
        let launchd = |name: &std::ffi::OsString| name != "0";
        if self.parent.pid == Pid::from_raw(1)
            && self.environment.get("XPC_SERVICE_NAME").is_some_and(|name| launchd(&name))
        {
            return Some("launchd");
        }
        if self.environment.has(SUPERVISORD) && self.parent.may_be_supervisord() {
            return Some("supervisord");
        }
        let name = self.parent.name.as_deref()?;
        let (_, variable) = SUPERVISORS.iter().find(|(supervisor, _)| *supervisor == name)?;
        variable.is_none_or(|variable| self.environment.has(variable)).then_some(name)
    }

    fn is_in_a_shared_pod(&self) -> bool {
        self.parent.pid == Pid::from_raw(0)
            && sys::proc::process_name(Pid::from_raw(1)).as_deref() == Some(PAUSE)
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

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    /// For process 42.
    fn supervisor(variables: &[(&str, &str)], parent: (i32, &str)) -> Option<(Decided, String)> {
        let variable = |name: &str| {
            variables.iter().find(|(set, _)| *set == name).map(|(_, value)| OsString::from(value))
        };
        Surroundings {
            environment: Environment::new(42, &variable),
            parent: parent_called(parent),
            serves_a_connection: false,
        }
        .supervisor()
    }

    fn parent_called((pid, words): (i32, &str)) -> Parent {
        let arguments: Vec<String> = words.split(' ').map(str::to_owned).collect();
        let name = Some(arguments[0].clone()).filter(|name| name != "hidden");
        Parent { pid: Pid::from_raw(pid), name, arguments }
    }

    fn stays(variables: &[(&str, &str)], parent: (i32, &str)) -> bool {
        matches!(supervisor(variables, parent), Some((Decided::Foreground, _)))
    }

    fn forks(variables: &[(&str, &str)], parent: (i32, &str)) -> bool {
        matches!(supervisor(variables, parent), Some((Decided::Background, _)))
    }

    const SHELL: (i32, &str) = (7, "bash");
    const SYSTEMD: (i32, &str) = (1, "systemd");
    const SOCKET: (&str, &str) = ("NOTIFY_SOCKET", "/run/systemd/notify");
    const ANOTHER_SOCKET: (&str, &str) = ("NOTIFY_SOCKET", "/run/.s-s-d-notify.a/notify");
    const OURS: (&str, &str) = ("SYSTEMD_EXEC_PID", "42");
    const ANOTHERS: (&str, &str) = ("SYSTEMD_EXEC_PID", "41");
    const INVOCATION: (&str, &str) = ("INVOCATION_ID", "f00d");
    const PIDFILE: (&str, &str) = ("PIDFILE", "/run/echod.pid");

    #[test]
    fn a_shell_supervises_nothing() {
        assert_eq!(supervisor(&[], SHELL), None);
        assert_eq!(supervisor(&[SOCKET, ANOTHERS, INVOCATION, PIDFILE], SHELL), None);
        assert_eq!(supervisor(&[INVOCATION], SHELL), None);
        assert_eq!(supervisor(&[("SUPERVISOR_ENABLED", "1")], SHELL), None);
        assert_eq!(supervisor(&[("LISTEN_PID", "41")], SHELL), None);
        assert_eq!(supervisor(&[PIDFILE], SHELL), None);
        assert_eq!(supervisor(&[("NOTIFY_SOCKET", "")], SHELL), None);
    }

    #[test]
    fn systemd_keeps_its_programs_but_those_of_units_with_a_pidfile() {
        assert!(stays(&[OURS], SYSTEMD));
        assert!(stays(&[OURS, SOCKET], SYSTEMD));
        assert!(forks(&[OURS, PIDFILE], SYSTEMD));
        assert!(forks(&[OURS, PIDFILE, SOCKET], SYSTEMD));
        assert!(stays(&[SOCKET], SHELL));
        assert!(stays(&[ANOTHER_SOCKET, ANOTHERS], SHELL));
    }

    #[test]
    fn an_older_systemd_is_known_by_its_name() {
        assert!(stays(&[INVOCATION], SYSTEMD));
        assert!(forks(&[INVOCATION, PIDFILE], SYSTEMD));
        // A daemon left behind by a program of the desktop.
        assert_eq!(supervisor(&[INVOCATION, ANOTHERS], SYSTEMD), None);
        assert_eq!(supervisor(&[], SYSTEMD), None);
    }

    #[test]
    fn other_supervisors_are_known_by_name_and_by_what_they_set() {
        for name in [
            "(sd-stubinit)",
            "bwrap",
            "firejail",
            "catatonit",
            "circusd",
            "conmon",
            "containerd-shim",
            "dinit",
            "docker-init",
            "dumb-init",
            "perpd",
            "procd",
            "runsv",
            "s6-supervise",
            "supervise",
            "tini",
            "tini-static",
        ] {
            assert!(stays(&[], (7, name)), "{name}");
        }
        assert!(stays(&[("SUPERVISOR_ENABLED", "1")], (7, "supervisord")));
        assert_eq!(supervisor(&[], (7, "supervisord")), None);
        let enabled = [("SUPERVISOR_ENABLED", "1")];
        assert!(stays(&enabled, (7, "python3 -u /usr/bin/supervisord -n")));
        assert!(stays(&enabled, (7, "hidden")));
        assert_eq!(supervisor(&enabled, (7, "python3 start.py")), None);
        assert_eq!(supervisor(&[], (7, "hidden")), None);
        assert!(stays(&[("RC_SVCNAME", "echod")], (7, "supervise-daemo")));
        assert_eq!(supervisor(&[], (7, "supervise-daemo")), None);
        assert!(stays(&[("XPC_SERVICE_NAME", "org.example.echod")], (1, "launchd")));
        assert_eq!(supervisor(&[("XPC_SERVICE_NAME", "0")], (1, "launchd")), None);
        assert_eq!(supervisor(&[("XPC_SERVICE_NAME", "org.example.term")], SHELL), None);
    }

    #[test]
    fn sockets_are_a_sign_for_whom_they_were_passed_to() {
        assert!(stays(&[("LISTEN_PID", "42")], SHELL));
    }
}
