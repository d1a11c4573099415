//! The signs that tell a program that something supervises it already.

use std::ffi::OsString;
use std::path::Path;

use nix::unistd::Pid;

use crate::process::own::PROCESS_1;
use crate::supervisor::decision::{Decided, Supervisor};
use crate::supervisor::environment::{Addressee, Environment};
use crate::supervisor::parent::{Parent, Sight};

/// What a process can see of whatever started it.
pub(crate) struct Surroundings<'a> {
    environment: Environment<'a>,
    parent: Parent<'a>,
}

/// Supervisors that are no init: the name of each, and a variable that it sets for the programs
/// that it starts.
///
/// Where there is no variable, the name is enough; the variable alone never is, since everything
/// below such a program inherits it.
const SUPERVISORS: &[(&str, Option<&str>)] = &[
    ("cargo-watch", None),
    ("circusd", None),
    // Run by podman and CRI-O, or docker and containerd, for each container: seen where the
    // container shares the process namespace of the host (`--pid=host`, `hostPID`).
    ("conmon", None),
    ("containerd-shim", None),
    ("dinit", None),
    ("entr", None),
    ("foreman", None),
    ("forego", None),
    ("goreman", None),
    ("hivemind", None),
    ("honcho", Some("HONCHO_PROCESS_NAME")),
    ("perpd", None),
    ("process-compose", None),
    ("procd", None),
    ("runsv", None),
    ("s6-supervise", None),
    // daemontools
    ("supervise", None),
    // OpenRC's supervise-daemon
    ("supervise-daemo", Some("RC_SVCNAME")),
    ("watchexec", None),
];

/// A variable that supervisord sets for the programs that it starts.
const SUPERVISORD: &str = "SUPERVISOR_ENABLED";

/// The process that keeps the process namespace shared by the containers of a Kubernetes pod
/// (`shareProcessNamespace`): their programs are not process 1 then, and have no parent inside. In
/// podman's pods it is `catatonit -P`.
const PAUSE: &str = "pause";

impl<'a> Surroundings<'a> {
    /// The surroundings of the process that has this environment and sees this.
    pub(crate) fn of(environment: Environment<'a>, sight: &'a dyn Sight) -> Self {
        Surroundings { environment, parent: Parent::seen_by(sight, environment.pid) }
    }

    /// The mode that the supervisor of this process expects, which one it is, and how we know; the
    /// surest signs first.
    pub(crate) fn supervisor(&self) -> Option<(Decided, Supervisor, String)> {
        let Surroundings { environment, parent } = self;
        let stays = |who, why: &str| Some((Decided::Foreground, who, why.to_owned()));
        // When process 1 ends, the kernel ends all others with it; see pid_namespaces(7).
        if environment.pid == PROCESS_1 {
            return stays(Supervisor::Container, "it is process 1, the init of a container");
        }
        if self.is_systemd_unit() && environment.has("PIDFILE") {
            // See systemd.exec(5), "$PIDFILE".
            let why = "systemd started it, for a unit with PIDFile=";
            return Some((Decided::Background, Supervisor::Systemd, why.to_owned()));
        }
        if parent.notify_socket(*environment).is_some() {
            return stays(
                Supervisor::NotifySocket,
                "NOTIFY_SOCKET is set: a supervisor waits to be told of readiness",
            );
        }
        if self.is_systemd_unit() {
            return stays(Supervisor::Systemd, "systemd started it");
        }
        if environment.addressee("LISTEN_PID") == Addressee::ThisProcess {
            return stays(
                Supervisor::Sockets,
                "LISTEN_PID is its number: sockets were passed to it",
            );
        }
        if let Some(name) = self.supervising_parent() {
            return stays(Supervisor::of_name(name), &format!("its parent is {name}"));
        }
        if self.was_started_by_process_1() {
            return stays(Supervisor::Init, "process 1 started it, in a session of its own");
        }
        if self.is_in_a_shared_pod() {
            return stays(Supervisor::Container, "it is the program of a container in a pod");
        }
        if parent.sight.serves_a_connection() {
            return stays(
                Supervisor::Inetd,
                "standard input and output are one connection, as inetd passes it",
            );
        }
        if self.may_be_hidden_from_its_supervisor() {
            return stays(
                Supervisor::Hidden,
                "its parent cannot be seen in /proc, and there is no terminal: it may be a \
                 supervisor",
            );
        }
        None
    }

    /// Whether systemd started this very process. Before version 248 it does not say which one, and
    /// everything below inherits `INVOCATION_ID`: then the parent has to be systemd.
    pub(crate) fn is_systemd_unit(&self) -> bool {
        match self.environment.started_by_systemd() {
            Addressee::ThisProcess => true,
            Addressee::Another => false,
            Addressee::NotSaid => {
                self.environment.has("INVOCATION_ID")
                    && (self.parent.is_called("systemd")
                        || self.parent.is_hidden()
                            && self.parent.is_an_init_that_gave_us_a_session())
            }
        }
    }

    fn supervising_parent(&self) -> Option<&str> {
        let Surroundings { environment, parent } = self;
        // launchd is process 1; in programs that are not its jobs, XPC_SERVICE_NAME is 0.
        let launchd = |name: &OsString| name != "0";
        if parent.is_process_1()
            && environment.get("XPC_SERVICE_NAME").is_some_and(|name| launchd(&name))
        {
            return Some("launchd");
        }
        if environment.has(SUPERVISORD) && self.parent_may_be_supervisord() {
            return Some("supervisord");
        }
        let name = parent.name.as_deref()?;
        let is_one = |supervisor: &&(&str, Option<&str>)| supervisor.0 == name;
        let is_supervisor = match SUPERVISORS.iter().find(is_one) {
            // If no variable counts, the name has to do.
            Some((_, Some(variable))) => environment.has(variable) || !environment.counts,
            Some((_, None)) => true,
            None => match name {
                "supervisord" => !environment.counts,
                "daemon" => self.parent_is_a_daemon_that_restarts(),
                // node's name for it: `PM2 v5.3.0: God Daemon`.
                name => name.starts_with("PM2 v"),
            },
        };
        (is_supervisor || parent.is_a_small_init()).then_some(name)
    }

    /// supervisord is a script: started as `python3 /usr/bin/supervisord`, the process has the name
    /// of the interpreter. And /proc may hide it from its programs (the mount option `hidepid`).
    fn parent_may_be_supervisord(&self) -> bool {
        let Some(name) = &self.parent.name else { return true };
        let is_named = |argument: &OsString| argument.to_string_lossy().ends_with("supervisord");
        name == "supervisord"
            || name.starts_with("python") && self.parent.arguments().iter().take(4).any(is_named)
    }

    /// daemon(8) of FreeBSD, and daemon(1) of libslack, have an option `-r`. It may be among others
    /// behind one hyphen.
    fn parent_is_a_daemon_that_restarts(&self) -> bool {
        let arguments = self.parent.arguments();
        let mut arguments = arguments.iter().map(|argument| argument.to_string_lossy());
        let is_one = arguments.next().is_some_and(|it| Path::new(&*it).ends_with("daemon"));
        let mut options = arguments.take_while(|it| it.starts_with('-') && it != "--");
        is_one
            && options.any(|it| match it.strip_prefix("--") {
                Some(long) => long == "respawn",
                None => it.contains(['r', 'R']),
            })
    }

    /// `respawn` in inittab(5). systemd starts its programs so too, but says which ones they are.
    fn was_started_by_process_1(&self) -> bool {
        self.parent.is_an_init_that_gave_us_a_session()
            && !(self.parent.is_called("systemd") && self.environment.counts)
    }

    fn is_in_a_shared_pod(&self) -> bool {
        let sight = self.parent.sight;
        let init = PROCESS_1;
        self.parent.pid == Pid::from_raw(0)
            && match sight.name(init).as_deref() {
                Some(PAUSE) => true,
                Some("catatonit") => sight.arguments(init).iter().any(|argument| argument == "-P"),
                _ => false,
            }
    }

    /// A parent that cannot be seen is no proof that there is nobody. Who starts daemons by hand
    /// has a terminal, or uses sudo, whose process is hidden as well.
    fn may_be_hidden_from_its_supervisor(&self) -> bool {
        self.parent.is_hidden()
            && !self.parent.is_sudo(self.environment)
            && !self.parent.sight.has_a_terminal()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Process 42, started from a shell, or as the fields say.
    struct Seen {
        variables: Vec<(&'static str, &'static str)>,
        counts: bool,
        /// Its number and command line; empty if it is gone.
        first_parent: Option<(i32, &'static str)>,
        parent: i32,
        /// The command line of the parent, from which it has its name; empty if it cannot be seen.
        parent_line: &'static str,
        parent_variables: Vec<(&'static str, &'static str)>,
        ignores_sigterm: bool,
        /// That of process 1.
        init_line: &'static str,
        is_in_a_container: bool,
        own_line: &'static str,
        leads_its_session: bool,
        leads_its_group: bool,
        has_a_terminal: bool,
    }

    impl Default for Seen {
        fn default() -> Self {
            Seen {
                variables: Vec::new(),
                counts: true,
                first_parent: None,
                parent: 7,
                parent_line: "bash",
                parent_variables: Vec::new(),
                ignores_sigterm: false,
                init_line: "systemd",
                is_in_a_container: false,
                own_line: "/usr/bin/echod -x",
                leads_its_session: false,
                leads_its_group: false,
                has_a_terminal: false,
            }
        }
    }

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').filter(|word| !word.is_empty()).map(OsString::from).collect()
    }

    fn value(variables: &[(&str, &str)], name: &str) -> Option<OsString> {
        variables.iter().find(|(set, _)| *set == name).map(|(_, value)| OsString::from(value))
    }

    impl Sight for Seen {
        fn parent(&self) -> Pid {
            Pid::from_raw(self.parent)
        }
        fn first_parent(&self, _: Pid) -> Option<Pid> {
            self.first_parent.map(|(number, _)| Pid::from_raw(number))
        }
        fn name(&self, process: Pid) -> Option<String> {
            let first = self.arguments(process).into_iter().next()?;
            Path::new(&first).file_name()?.to_str().map(str::to_owned)
        }
        fn arguments(&self, process: Pid) -> Vec<OsString> {
            words(match (process.as_raw(), self.first_parent) {
                (number, _) if number == self.parent => self.parent_line,
                (number, Some((first, line))) if number == first => line,
                _ => self.init_line,
            })
        }
        fn variable(&self, _: Pid, name: &str) -> Option<OsString> {
            value(&self.parent_variables, name)
        }
        fn ignores_sigterm(&self, _: Pid) -> bool {
            self.ignores_sigterm
        }
        fn shows_others(&self) -> bool {
            true
        }
        fn is_in_a_container(&self) -> bool {
            self.is_in_a_container
        }
        fn own_arguments(&self) -> Vec<OsString> {
            words(self.own_line)
        }
        fn leads_its_session(&self) -> bool {
            self.leads_its_session
        }
        fn leads_its_group(&self) -> bool {
            self.leads_its_group
        }
        fn has_a_terminal(&self) -> bool {
            self.has_a_terminal
        }
        fn serves_a_connection(&self) -> bool {
            false
        }
    }

    impl Seen {
        fn supervisor(&self) -> Option<(Decided, Supervisor, String)> {
            let variable = |name: &str| value(&self.variables, name).filter(|_| self.counts);
            let mut environment = Environment::new(42, &variable);
            environment.counts = self.counts;
            Surroundings::of(environment, self).supervisor()
        }

        fn stays(&self) -> bool {
            matches!(self.supervisor(), Some((Decided::Foreground, ..)))
        }

        fn is_left_alone(&self) -> bool {
            self.supervisor().is_none()
        }
    }

    fn supervisor(
        variables: &[(&'static str, &'static str)],
        (parent, parent_line): (i32, &'static str),
    ) -> Option<(Decided, Supervisor, String)> {
        Seen { variables: variables.to_vec(), parent, parent_line, ..Seen::default() }.supervisor()
    }

    fn stays(variables: &[(&'static str, &'static str)], parent: (i32, &'static str)) -> bool {
        matches!(supervisor(variables, parent), Some((Decided::Foreground, ..)))
    }

    fn forks(variables: &[(&'static str, &'static str)], parent: (i32, &'static str)) -> bool {
        matches!(supervisor(variables, parent), Some((Decided::Background, ..)))
    }

    const HIDDEN: &str = "";
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
            "cargo-watch",
            "catatonit",
            "circusd",
            "conmon",
            "containerd-shim",
            "dinit",
            "docker-init",
            "dumb-init",
            "entr",
            "firejail",
            "foreman",
            "perpd",
            "podman-init",
            "process-compose",
            "procd",
            "runsv",
            "s6-supervise",
            "supervise",
            "tini",
            "tini-static",
            "watchexec",
        ] {
            assert!(stays(&[], (7, name)), "{name}");
        }
        assert!(stays(&[("SUPERVISOR_ENABLED", "1")], (7, "supervisord")));
        assert_eq!(supervisor(&[], (7, "supervisord")), None);
        let enabled = [("SUPERVISOR_ENABLED", "1")];
        assert!(stays(&enabled, (7, "python3 -u /usr/bin/supervisord -n")));
        assert!(stays(&enabled, (7, HIDDEN)));
        assert_eq!(supervisor(&enabled, (7, "python3 start.py")), None);
        assert!(stays(&[("HONCHO_PROCESS_NAME", "web.1")], (7, "honcho")));
        assert_eq!(supervisor(&[], (7, "honcho")), None);
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

    #[test]
    fn what_its_parent_has_too_is_not_its_own() {
        let inherited = |name| Seen {
            variables: vec![(name, "@a")],
            parent_variables: vec![(name, "@a")],
            ..Seen::default()
        };
        let mut seen = inherited("NOTIFY_SOCKET");
        assert!(seen.is_left_alone());
        // start-stop-daemon, below another service.
        seen.variables = vec![("NOTIFY_SOCKET", "@b")];
        assert!(seen.stays());
        // A program below the one that start-stop-daemon started.
        seen.variables = vec![ANOTHER_SOCKET, ANOTHERS];
        seen.parent_variables = vec![ANOTHER_SOCKET];
        assert!(seen.is_left_alone());
        // systemd says which process it means.
        seen.variables = vec![SOCKET, OURS];
        seen.parent_variables = vec![SOCKET];
        assert!(seen.stays());
    }

    #[test]
    fn a_small_init_passes_on_what_is_meant_for_its_program() {
        let below = |parent_line| Seen {
            variables: vec![SOCKET],
            parent_variables: vec![SOCKET],
            parent_line,
            ..Seen::default()
        };
        let why = below("tini -s -- /usr/bin/echod -x").supervisor().map(|(.., why)| why);
        assert!(why.is_some_and(|why| why.starts_with("NOTIFY_SOCKET")));
        assert!(below("sh -c /usr/bin/echod").is_left_alone());
    }

    #[test]
    fn a_small_init_is_known_without_a_name() {
        let in_container = |parent_line| Seen {
            parent: 1,
            parent_line,
            is_in_a_container: true,
            ..Seen::default()
        };
        let told_us = ["/myinit -- /usr/bin/echod -x", "/dev/init -- /usr/bin/echod -x"];
        for line in told_us {
            assert!(in_container(line).stays(), "{line}");
            // A whole system's init runs in the machine's first namespace as well.
            assert!(Seen { is_in_a_container: false, ..in_container(line) }.is_left_alone());
        }
        // An entry point that executes the program, below such an init.
        let entry_point = |parent_line| Seen { leads_its_group: true, ..in_container(parent_line) };
        for line in ["/myinit -- /entrypoint.sh", "/dev/init -- /entrypoint.sh"] {
            assert!(entry_point(line).stays(), "{line}");
        }
        // `docker run -it`, with an init, or of a shell in which it is typed.
        let typed = |parent_line| Seen { has_a_terminal: true, ..entry_point(parent_line) };
        assert!(typed("/myinit -- /entrypoint.sh").stays());
        assert!(Seen { ignores_sigterm: true, ..typed("bash") }.is_left_alone());
        assert!(typed("fish").is_left_alone());
        // An entry point that starts several programs, and a program that starts a helper.
        assert!(in_container("sh /entrypoint.sh").is_left_alone());
        assert!(in_container("/usr/bin/serverd").is_left_alone());
        // Left behind in a container that is a whole system.
        for line in ["systemd", "/sbin/init", "busybox init", "runit", "openrc-init", "s6-svscan"] {
            assert!(entry_point(line).is_left_alone(), "{line}");
        }
    }

    #[test]
    fn what_process_1_gave_a_session_was_started_by_it() {
        let started = |parent_line| Seen {
            parent: 1,
            parent_line,
            leads_its_session: true,
            leads_its_group: true,
            ..Seen::default()
        };
        for line in ["init", "/sbin/init", "busybox init", "shepherd", "anything"] {
            assert!(started(line).stays(), "{line}");
            assert!(Seen { leads_its_session: false, ..started(line) }.is_left_alone(), "{line}");
            assert!(Seen { parent: 7, ..started(line) }.is_left_alone(), "{line}");
        }
        // It says which ones it started; but not to a set-user-ID program.
        assert!(started("systemd").is_left_alone());
        assert!(Seen { counts: false, ..started("systemd") }.stays());
    }

    #[test]
    fn a_parent_that_cannot_be_seen_may_be_a_supervisor() {
        let hidden = || Seen { parent_line: HIDDEN, ..Seen::default() };
        assert!(hidden().stays());
        assert!(Seen { has_a_terminal: true, ..hidden() }.is_left_alone());
        let below_sudo = |command| Seen { variables: vec![("SUDO_COMMAND", command)], ..hidden() };
        assert!(below_sudo("/usr/sbin/echod -x").is_left_alone());
        assert!(below_sudo("/usr/bin/runsvdir /etc/service").stays());
        // Outside of the container: `docker exec`.
        assert!(Seen { parent: 0, ..hidden() }.is_left_alone());
        // systemd 247 with ProtectProc=invisible.
        let unit = |variables| Seen { variables, parent: 1, leads_its_session: true, ..hidden() };
        assert!(matches!(
            unit(vec![INVOCATION, PIDFILE]).supervisor(),
            Some((Decided::Background, ..))
        ));
        assert!(unit(vec![INVOCATION]).stays());
    }

    #[test]
    fn what_has_no_parent_inside_may_be_in_a_pod() {
        let beside = |init_line| Seen { parent: 0, init_line, ..Seen::default() };
        assert!(beside("/pause").stays());
        assert!(beside("/catatonit -P").stays());
        // `podman exec`, into containers with and without an init.
        assert!(beside("/catatonit -- /usr/bin/serverd").is_left_alone());
        assert!(beside("/usr/bin/serverd").is_left_alone());
    }

    #[test]
    fn where_no_variable_counts_names_have_to_do() {
        for parent_line in ["supervisord", "supervise-daemo", "runsv"] {
            let seen = Seen { counts: false, parent_line, ..Seen::default() };
            assert!(seen.stays(), "{parent_line}");
        }
        let variables = vec![SOCKET, OURS, ("LISTEN_PID", "42")];
        assert!(Seen { variables, counts: false, ..Seen::default() }.is_left_alone());
    }

    #[test]
    fn a_daemon_is_a_supervisor_if_it_restarts() {
        for line in ["daemon -r -- echod", "/usr/sbin/daemon -cfr echod", "daemon --respawn echod"]
        {
            assert!(stays(&[], (7, line)), "{line}");
        }
        for line in ["daemon", "daemon -f -- echod -r", "daemon -f echod --respawn", "./daemon"] {
            assert_eq!(supervisor(&[], (7, line)), None, "{line}");
        }
    }

    #[test]
    fn the_parent_is_whoever_started_the_process_while_that_one_shows() {
        let left_behind_by = |line| {
            let first_parent = Some((7, line));
            Seen { first_parent, parent: 1, leads_its_session: true, ..Seen::default() }
        };
        assert!(left_behind_by("bash").is_left_alone());
        assert!(left_behind_by("runsv echod").stays());
        // It is gone: then whoever has taken the process over counts.
        assert!(left_behind_by("").stays());
    }
}
