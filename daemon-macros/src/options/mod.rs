//! The tables of the options that the attribute takes, and of the names in their lists.
//!
//! To add an option, add a row to [`OPTIONS`], and a setter of the same name to `daemon::Config`.
//! The tests in `documented.rs` tell where else it is missing.

pub(crate) mod capabilities;
pub(crate) mod known;
pub(crate) mod limits;
mod synonyms;

use crate::options::capabilities::CAPABILITIES;
use crate::options::known::{Known, Names, Takes, Word, word};
use crate::options::limits::LIMITS;
use crate::options::synonyms::SYNONYMS;

/// Every option.
pub(crate) static OPTIONS: Names = Names {
    article: "an",
    noun: "option",
    example: "#[daemon::main(pidfile = \"…\")]",
    prefixes: &[],
    synonyms: SYNONYMS,
    all: &[
        Known::new("name", "\"echod\"", Takes::Name),
        Known::new("pidfile", "\"/run/echod.pid\"", Takes::File("Pidfile"))
            .or_bare("Pidfile::Usual"),
        Known::new("umask", "0o027", Takes::Umask).or_words(MASKS),
        Known::new("chdir", "\"/var/lib/echod\"", Takes::Directory).or_words(DIRECTORIES),
        Known::new("chroot", "\"/srv/jail\"", Takes::Root),
        Known::new("user", "\"www-data\"", Takes::Account("User")),
        Known::new("group", "\"adm\"", Takes::Account("Group")),
        Known::new("stdout", "\"/var/log/echod.log\"", Takes::File("Output"))
            .or_bare("Output::Usual")
            .or_words(OUTPUTS),
        Known::new("stderr", "\"/var/log/echod.log\"", Takes::File("Output"))
            .or_bare("Output::Usual")
            .or_words(OUTPUTS),
        Known::new("mode", "auto", Takes::Mode).or_words(MODES),
        Known::new("start_timeout", "60", Takes::Seconds).or_words(TIMES),
        Known::new("stop_timeout", "30", Takes::Seconds).or_words(TIMES),
        Known::new("stop_delay", "5", Takes::Delay),
        Known::new("notification_fd", "3", Takes::Descriptor),
        Known::new("limits", "nofile = 65536", Takes::Limits(&LIMITS)),
        Known::new("no_new_privs", "", Takes::Nothing).or_bare("NO_NEW_PRIVS"),
        Known::new("capabilities", "net_bind_service", Takes::Capabilities(&CAPABILITIES)),
        Known::new("control", "\"daemon\"", Takes::Word).or_bare("Control::First"),
        Known::new("configure", "args", Takes::Function),
        Known::new("privileged", "open_ports", Takes::Function),
        Known::new("crate", "my_crate::daemon", Takes::Crate),
    ],
};

const OUTPUTS: &[Word] = &[
    word("null", "Output::Null"),
    word("inherit", "Output::Inherit"),
    word("journal", "Output::Journal"),
];

const MASKS: &[Word] = &[word("inherit", "Umask::Inherit")];

const DIRECTORIES: &[Word] = &[word("inherit", "Chdir::Inherit")];

const MODES: &[Word] = &[
    word("auto", "Mode::Auto"),
    word("background", "Mode::Background"),
    word("foreground", "Mode::Foreground"),
    word("off", "Mode::Off"),
];

const TIMES: &[Word] = &[word("never", "NEVER")];
