//! Names that others have for an option, or for what is none here, and what to do. They are compared
//! without regard to case and underscores: systemd's are among them.

const CHDIR: &str = "`chdir` sets the working directory";
const CHROOT: &str = "`chroot` sets the root directory";
const USER: &str = "`user` sets the user, by name or by number";
const GROUPS: &str = "`user` brings the groups that the user is in";
const GROUP: &str = "`group` sets the group, by name or by number";
const PIDFILE: &str = "`pidfile` sets the pidfile";
const LOCK: &str = "`pidfile` is the lock too";
const OUTPUTS: &str = "`stderr` sets where standard error goes, and `stdout` standard output";
const STDOUT: &str = "`stdout` sets where standard output goes";
const STDERR: &str = "`stderr` sets where standard error goes";
const SYSLOG: &str =
    "write `stderr = journal`; in a systemd unit standard error goes to the journal by itself";
const STDIN: &str = "there is none: standard input of a daemon is `/dev/null`";
const TIMEOUT: &str = "`start_timeout` sets how long the command waits for readiness";
const NOTIFICATION: &str = "`notification_fd` names the descriptor at which s6 waits for readiness";
const READY: &str =
    "there is none: `main` says when it is ready if its first parameter is a `daemon::Ready`";
const LIMITS: &str = "`limits` sets resource limits";
const NO_NEW_PRIVS: &str = "`no_new_privs` keeps the daemon from gaining privileges";
const CAPABILITIES: &str = "`capabilities` sets what stays of root's power";
const CONFIGURE: &str =
    "`configure` names a function that sets options at run time, from a file for example";
const PRIVILEGED: &str = "`privileged` names what runs before privileges go";
const FOREGROUND: &str = "write `mode = foreground`";
const BACKGROUND: &str = "write `mode = background`";
const RUNTIME: &str =
    "there is none: it belongs in the attribute of the runtime, below `#[daemon::main]`";

pub(super) const SYNONYMS: &[(&str, &str)] = &[
    ("working_directory", CHDIR),
    ("working_dir", CHDIR),
    ("workdir", CHDIR),
    ("cwd", CHDIR),
    ("dir", CHDIR),
    ("root", CHROOT),
    ("root_directory", CHROOT),
    ("jail", CHROOT),
    ("uid", USER),
    ("setuid", USER),
    ("username", USER),
    ("run_as", USER),
    ("run_as_user", USER),
    ("drop_privileges", USER),
    ("groups", GROUPS),
    ("initgroups", GROUPS),
    ("supplementary_groups", GROUPS),
    ("gid", GROUP),
    ("setgid", GROUP),
    ("pid", PIDFILE),
    ("pid_path", PIDFILE),
    ("lock", LOCK),
    ("lockfile", LOCK),
    ("chown_pid_file", "`pidfile` stays root's, so that the daemon cannot change it"),
    ("log", OUTPUTS),
    ("logs", OUTPUTS),
    ("logfile", OUTPUTS),
    ("log_dir", OUTPUTS),
    ("log_path", OUTPUTS),
    ("output", OUTPUTS),
    ("stdio", OUTPUTS),
    ("stdout_path", STDOUT),
    ("stdout_file", STDOUT),
    ("standard_output", STDOUT),
    ("stderr_path", STDERR),
    ("stderr_file", STDERR),
    ("standard_error", STDERR),
    ("error_log", STDERR),
    ("syslog", SYSLOG),
    ("journal", SYSLOG),
    ("journald", SYSLOG),
    ("stdin", STDIN),
    ("standard_input", STDIN),
    ("timeout", TIMEOUT),
    ("timeout_sec", TIMEOUT),
    ("timeout_start_sec", TIMEOUT),
    ("ready_timeout", TIMEOUT),
    ("notify_fd", NOTIFICATION),
    ("ready_fd", NOTIFICATION),
    ("ready", READY),
    ("notify", READY),
    ("limit", LIMITS),
    ("rlimit", LIMITS),
    ("rlimits", LIMITS),
    ("setrlimit", LIMITS),
    ("ulimit", LIMITS),
    ("no_new_privileges", NO_NEW_PRIVS),
    ("caps", CAPABILITIES),
    ("capability", CAPABILITIES),
    ("ambient_capabilities", CAPABILITIES),
    ("capability_bounding_set", CAPABILITIES),
    ("config", CONFIGURE),
    ("config_file", CONFIGURE),
    ("args", CONFIGURE),
    ("privileged_action", PRIVILEGED),
    ("daemonize", BACKGROUND),
    ("daemon", BACKGROUND),
    ("background", BACKGROUND),
    ("detach", BACKGROUND),
    ("fork", BACKGROUND),
    ("foreground", FOREGROUND),
    ("no_detach", FOREGROUND),
    ("no_daemon", FOREGROUND),
    ("no_fork", FOREGROUND),
    ("nofork", FOREGROUND),
    ("flavor", RUNTIME),
    ("worker_threads", RUNTIME),
    ("threads", RUNTIME),
    ("start_paused", RUNTIME),
];
