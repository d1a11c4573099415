//! Where the daemon writes: what of it a supervisor can make, and what only root can.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::config::{Config, Output, Pidfile};

/// The directories that systemd makes for a service; see systemd.exec(5), "RuntimeDirectory=".
const MANAGED: [(&str, &str); 5] = [
    ("RuntimeDirectory", "/run"),
    ("RuntimeDirectory", "/var/run"),
    ("LogsDirectory", "/var/log"),
    ("StateDirectory", "/var/lib"),
    ("CacheDirectory", "/var/cache"),
];

/// Directories in them that are not one service's own.
const SHARED: [&str; 7] = ["lock", "user", "systemd", "udev", "dbus", "private", "journal"];

/// Where only root makes files.
const OF_ROOT: [&str; 8] =
    ["/", "/etc", "/run", "/var", "/var/run", "/var/log", "/var/lib", "/var/cache"];

/// The files at paths that are named, each with the option that does.
pub(super) fn named_files(config: &Config) -> impl Iterator<Item = (&'static str, &Path)> {
    let pidfile = match &config.pidfile {
        Pidfile::At(path) => Some(("pidfile", path.as_path())),
        Pidfile::None | Pidfile::Usual => None,
    };
    pidfile.into_iter().chain(named_logs(config))
}

/// The logs at paths that are named; one that both streams go to is named once.
pub(super) fn named_logs(config: &Config) -> impl Iterator<Item = (&'static str, &Path)> {
    let log = |output: &'static str, option| match option {
        &Some(Output::File(ref path)) => Some((output, path.as_path())),
        _ => None,
    };
    let stdout = log("stdout", &config.stdout);
    let stderr = log("stderr", &config.stderr);
    let stderr = stderr.filter(|(_, path)| stdout.is_none_or(|(_, other)| other != *path));
    stdout.into_iter().chain(stderr)
}

/// Whether a log is in the usual place.
pub(super) fn has_usual_log(config: &Config) -> bool {
    [&config.stdout, &config.stderr].contains(&&Some(Output::Usual))
}

/// Whether only root can make a file at this path.
pub(super) fn is_of_root(file: &Path) -> bool {
    file.parent().is_none_or(|parent| OF_ROOT.iter().any(|of_root| parent == Path::new(of_root)))
}

/// What a unit of systemd has made, and what it lets the service write to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Directories {
    /// Each with the name of its setting, without `=`, and below the directory that this is for.
    pub(super) managed: Vec<(&'static str, PathBuf)>,
    pub(super) writable: Vec<PathBuf>,
}

impl Directories {
    pub(super) fn of(config: &Config) -> Self {
        let mut directories = Directories::default();
        // The usual place is in the first of them.
        if config.pidfile == Pidfile::Usual {
            directories.manage("RuntimeDirectory", Path::new(&config.name));
        }
        if has_usual_log(config) {
            directories.manage("LogsDirectory", Path::new(&config.name));
        }
        for (_, file) in named_files(config) {
            let Some(parent) = file.parent() else { continue };
            match managed(parent) {
                Some((setting, below)) => directories.manage(setting, below),
                None if directories.writable.iter().any(|other| other == parent) => {}
                None => directories.writable.push(parent.to_owned()),
            }
        }
        directories
    }

    fn manage(&mut self, setting: &'static str, below: &Path) {
        let managed = (setting, below.to_owned());
        if !self.managed.contains(&managed) {
            self.managed.push(managed);
        }
    }
}

fn managed(directory: &Path) -> Option<(&'static str, &Path)> {
    MANAGED.iter().find_map(|(setting, above)| {
        let below = directory.strip_prefix(above).ok()?;
        let first = below.iter().next()?;
        // What leads out again, and what others have there too.
        let is_own = !SHARED.iter().any(|shared| first == *shared);
        let is_plain = below.iter().all(|part| part != "..");
        (is_own && is_plain).then_some((*setting, below))
    })
}

/// Whether a word of a command line names something below this directory: by itself, or behind a `=`
/// or the like.
pub(super) fn names_something_in(word: &OsStr, directory: &str) -> bool {
    let (word, directory) = (word.as_bytes(), directory.as_bytes());
    word.windows(directory.len()).enumerate().any(|(index, window)| {
        let before = index.checked_sub(1).map(|index| word[index]);
        let after = word.get(index + directory.len());
        let begins =
            before.is_none_or(|byte| !byte.is_ascii_alphanumeric() && !b"/._-".contains(&byte));
        window == directory && begins && after.is_none_or(|byte| *byte == b'/')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_of_its_own_is_made_and_another_can_be_written_to() {
        let mut config = Config::new("echod");
        config.pidfile("/run/echod/a/x.pid").stdout("/var/log/e/x.log").stderr("/srv/e/log");
        let directories = Directories::of(&config);
        let managed = [("RuntimeDirectory", "echod/a"), ("LogsDirectory", "e")];
        assert_eq!(directories.managed, managed.map(|(it, path)| (it, PathBuf::from(path))));
        assert_eq!(directories.writable, [PathBuf::from("/srv/e")]);

        config.pidfile("/run/lock/x.pid").stdout("/run/../etc/x").stderr(Output::Usual);
        let directories = Directories::of(&config);
        assert_eq!(directories.managed, [("LogsDirectory", PathBuf::from("echod"))]);
        assert_eq!(directories.writable, ["/run/lock", "/run/../etc"].map(PathBuf::from));
    }

    #[test]
    fn a_word_can_name_a_path_anywhere() {
        for word in ["/tmp", "/tmp/x", "--config=/tmp/x", "a:/tmp/b"] {
            assert!(names_something_in(OsStr::new(word), "/tmp"), "{word}");
        }
        for word in ["/tmpfs/x", "/var/tmp/x", "tmp/x", ""] {
            assert!(!names_something_in(OsStr::new(word), "/tmp"), "{word}");
        }
    }
}
