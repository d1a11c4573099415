//! The options that the attribute knows. To add one, add it to [`OPTIONS`], and a setter of the
//! same name to `daemon::Config`.

use std::fmt;

use crate::capabilities::CAPABILITIES;
use crate::limits::LIMITS;

/// The names that can stand in a list: in the attribute's brackets, or in those of an option.
#[derive(Debug)]
pub(crate) struct Names {
    /// What one of them is called.
    pub(crate) article: &'static str,
    pub(crate) noun: &'static str,
    /// A list, to show how it is written.
    pub(crate) example: &'static str,
    /// What stands before such a name where it is spelt in capitals.
    pub(crate) prefix: &'static str,
    /// What others call them: the name, ours, and what ours does.
    pub(crate) synonyms: &'static [(&'static str, &'static str, &'static str)],
    /// In the order in which messages list them.
    pub(crate) all: &'static [Known],
}

impl Names {
    pub(crate) fn find(&self, name: &str) -> Option<&'static Known> {
        self.all.iter().find(|known| known.name == name)
    }
}

/// A name in such a list: mostly an option.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) name: &'static str,
    /// A value, or what stands in the brackets, to show how it is written.
    pub(crate) example: &'static str,
    pub(crate) takes: Takes,
    /// What the option means without a value, in the library, if it may have none.
    pub(crate) bare: Option<&'static str>,
    pub(crate) words: &'static [Word],
}

/// The whole option, as it is written.
impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Known { name, example, takes, .. } = self;
        match takes {
            Takes::Nothing => f.write_str(name),
            Takes::Limits | Takes::Capabilities => write!(f, "{name}({example})"),
            _ => write!(f, "{name} = {example}"),
        }
    }
}

/// What an option takes besides its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// A constant `&str` that can be a file's name.
    Name,
    /// A constant `&str`, the absolute path of a file.
    File,
    /// A constant `&str`, the absolute path of a directory.
    Directory,
    /// A constant `&str`, the absolute path of a directory other than `/`.
    Root,
    /// A constant `u32`, written in octal.
    Umask,
    /// A constant `u64`.
    Seconds,
    /// A constant `i32`, the number of a descriptor above 2.
    Descriptor,
    /// A constant `daemon::Mode`.
    Mode,
    /// A constant `&str` or `u32`, by which a user or a group is known.
    Account,
    /// A list of resource limits.
    Limits,
    /// In that list: a constant `u64`, or a pair of them, the limit of this resource of the
    /// library's.
    Limit(&'static str),
    /// A list of capabilities.
    Capabilities,
    /// A function, called in the course of the launch.
    Function,
    /// The path of this crate.
    Crate,
    /// No value.
    Nothing,
}

impl Takes {
    /// What can stand in the brackets of an option that takes a list.
    pub(crate) fn names(self) -> Option<&'static Names> {
        match self {
            Takes::Limits => Some(&LIMITS),
            Takes::Capabilities => Some(&CAPABILITIES),
            _ => None,
        }
    }
}

/// A word that an option takes, and what it means in the library.
#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) name: &'static str,
    pub(crate) means: &'static str,
}

pub(crate) const fn word(name: &'static str, means: &'static str) -> Word {
    Word { name, means }
}

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
            takes: Takes::Limits,
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
            takes: Takes::Capabilities,
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
