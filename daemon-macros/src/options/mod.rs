//! The tables of the options that the attribute takes, and of the names in their lists.
//!
//! To add an option, add a row to [`OPTIONS`], and a setter of the same name to `daemon::Config`.
//! The tests in `documented.rs` tell where else it is missing.

pub(crate) mod capabilities;
pub(crate) mod known;
pub(crate) mod limits;

use crate::options::capabilities::CAPABILITIES;
use crate::options::known::{Known, Names, Takes, Word, word};
use crate::options::limits::LIMITS;

/// Every option.
pub(crate) static OPTIONS: Names = Names {
    article: "an",
    noun: "option",
    example: "#[daemon::main(pidfile = \"…\")]",
    prefix: "",
    synonyms: SYNONYMS,
    all: &[
        Known::new("name", "\"echod\"", Takes::Name),
        Known::new("pidfile", "\"/run/echod.pid\"", Takes::File).or_bare("Pidfile::Usual"),
        Known::new("umask", "0o027", Takes::Umask),
        Known::new("chdir", "\"/var/lib/echod\"", Takes::Directory),
        Known::new("chroot", "\"/srv/jail\"", Takes::Root),
        Known::new("user", "\"www-data\"", Takes::Account),
        Known::new("group", "\"adm\"", Takes::Account),
        Known::new("stdout", "\"/var/log/echod.log\"", Takes::File)
            .or_bare("Output::Usual")
            .or_words(OUTPUTS),
        Known::new("stderr", "\"/var/log/echod.log\"", Takes::File)
            .or_bare("Output::Usual")
            .or_words(OUTPUTS),
        Known::new("mode", "auto", Takes::Mode).or_words(MODES),
        Known::new("start_timeout", "60", Takes::Seconds).or_words(TIMES),
        Known::new("notification_fd", "3", Takes::Descriptor),
        Known::new("limits", "nofile = 65536", Takes::Limits(&LIMITS)),
        Known::new("no_new_privs", "", Takes::Nothing).or_bare("NO_NEW_PRIVS"),
        Known::new("capabilities", "net_bind_service", Takes::Capabilities(&CAPABILITIES)),
        Known::new("configure", "args", Takes::Function),
        Known::new("privileged", "open_ports", Takes::Function),
        Known::new("crate", "my_crate::daemon", Takes::Crate),
    ],
};

const OUTPUTS: &[Word] = &[word("null", "Output::Null"), word("inherit", "Output::Inherit")];

const MODES: &[Word] = &[
    word("auto", "Mode::Auto"),
    word("background", "Mode::Background"),
    word("foreground", "Mode::Foreground"),
];

const TIMES: &[Word] = &[word("never", "NEVER")];

/// Names that others have for an option: theirs, ours, and what ours does.
const SYNONYMS: &[(&str, &str, &str)] = &[
    ("working_directory", "chdir", "sets the working directory"),
    ("working_dir", "chdir", "sets the working directory"),
    ("workdir", "chdir", "sets the working directory"),
    ("cwd", "chdir", "sets the working directory"),
    ("root", "chroot", "sets the root directory"),
    ("root_directory", "chroot", "sets the root directory"),
    ("jail", "chroot", "sets the root directory"),
    ("uid", "user", "sets the user, by name or by number"),
    ("setuid", "user", "sets the user, by name or by number"),
    ("username", "user", "sets the user, by name or by number"),
    ("groups", "user", "brings the groups that the user is in"),
    ("initgroups", "user", "brings the groups that the user is in"),
    ("gid", "group", "sets the group, by name or by number"),
    ("setgid", "group", "sets the group, by name or by number"),
    ("pid_file", "pidfile", "sets the pidfile"),
    ("pid", "pidfile", "sets the pidfile"),
    ("chown_pid_file", "pidfile", "stays root's, so that the daemon cannot change it"),
    ("log", "stderr", "sets where standard error goes, and `stdout` standard output"),
    ("logfile", "stderr", "sets where standard error goes, and `stdout` standard output"),
    ("log_file", "stderr", "sets where standard error goes, and `stdout` standard output"),
    ("timeout", "start_timeout", "sets how long the command waits for readiness"),
    ("notify_fd", "notification_fd", "names the descriptor at which s6 waits for readiness"),
    ("ready_fd", "notification_fd", "names the descriptor at which s6 waits for readiness"),
    ("limit", "limits", "sets resource limits"),
    ("rlimit", "limits", "sets resource limits"),
    ("rlimits", "limits", "sets resource limits"),
    ("setrlimit", "limits", "sets resource limits"),
    ("ulimit", "limits", "sets resource limits"),
    ("no_new_privileges", "no_new_privs", "keeps the daemon from gaining privileges"),
    ("caps", "capabilities", "sets what stays of root's power"),
    ("ambient_capabilities", "capabilities", "sets what stays of root's power"),
    ("privileged_action", "privileged", "names what runs before privileges go"),
    ("daemonize", "mode", "sets whether the program leaves the terminal"),
    ("background", "mode", "sets whether the program leaves the terminal"),
    ("foreground", "mode", "sets whether the program leaves the terminal"),
];
