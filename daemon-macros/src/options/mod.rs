//! The options that the attribute knows. To add one, add it to [`OPTIONS`], and a setter of the
//! same name to `daemon::Config`.

pub(crate) mod capabilities;
pub(crate) mod known;
pub(crate) mod limits;

use crate::options::capabilities::CAPABILITIES;
use crate::options::known::{Known, Names, Takes, Word, word};
use crate::options::limits::LIMITS;

const OUTPUTS: &[Word] = &[word("null", "Output::Null"), word("inherit", "Output::Inherit")];

/// Every option.
pub(crate) static OPTIONS: Names = Names {
    article: "an",
    noun: "option",
    example: "#[daemon::main(pidfile = \"…\")]",
    prefix: "",
    synonyms: SYNONYMS,
    all: &[
        Known { name: "name", example: "\"echod\"", takes: Takes::Name, bare: None, words: &[] },
        Known {
            name: "pidfile",
            example: "\"/run/echod.pid\"",
            takes: Takes::File,
            bare: Some("Pidfile::Usual"),
            words: &[],
        },
        Known { name: "umask", example: "0o027", takes: Takes::Umask, bare: None, words: &[] },
        Known {
            name: "chdir",
            example: "\"/var/lib/echod\"",
            takes: Takes::Directory,
            bare: None,
            words: &[],
        },
        Known {
            name: "chroot",
            example: "\"/srv/jail\"",
            takes: Takes::Root,
            bare: None,
            words: &[],
        },
        Known {
            name: "user",
            example: "\"www-data\"",
            takes: Takes::Account,
            bare: None,
            words: &[],
        },
        Known { name: "group", example: "\"adm\"", takes: Takes::Account, bare: None, words: &[] },
        Known {
            name: "stdout",
            example: "\"/var/log/echod.log\"",
            takes: Takes::File,
            bare: Some("Output::Usual"),
            words: OUTPUTS,
        },
        Known {
            name: "stderr",
            example: "\"/var/log/echod.log\"",
            takes: Takes::File,
            bare: Some("Output::Usual"),
            words: OUTPUTS,
        },
        Known {
            name: "mode",
            example: "auto",
            takes: Takes::Mode,
            bare: None,
            words: &[
                word("auto", "Mode::Auto"),
                word("background", "Mode::Background"),
                word("foreground", "Mode::Foreground"),
            ],
        },
        Known {
            name: "start_timeout",
            example: "60",
            takes: Takes::Seconds,
            bare: None,
            words: &[word("never", "NEVER")],
        },
        Known {
            name: "notification_fd",
            example: "3",
            takes: Takes::Descriptor,
            bare: None,
            words: &[],
        },
        Known {
            name: "limits",
            example: "nofile = 65536",
            takes: Takes::Limits(&LIMITS),
            bare: None,
            words: &[],
        },
        Known {
            name: "no_new_privs",
            example: "",
            takes: Takes::Nothing,
            bare: Some("NO_NEW_PRIVS"),
            words: &[],
        },
        Known {
            name: "capabilities",
            example: "net_bind_service",
            takes: Takes::Capabilities(&CAPABILITIES),
            bare: None,
            words: &[],
        },
        Known {
            name: "configure",
            example: "args",
            takes: Takes::Function,
            bare: None,
            words: &[],
        },
        Known {
            name: "privileged",
            example: "open_ports",
            takes: Takes::Function,
            bare: None,
            words: &[],
        },
        Known {
            name: "crate",
            example: "my_crate::daemon",
            takes: Takes::Crate,
            bare: None,
            words: &[],
        },
    ],
};

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
