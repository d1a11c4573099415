//! Advice to the user about a file that cannot be opened.

use std::fmt;
use std::fs::symlink_metadata;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use nix::errno::Errno;
use nix::unistd::geteuid;

use crate::sys;

/// A file as an option names it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(super) path: &'a Path,
    /// `pidfile` or `log`.
    pub(super) what: &'static str,
    /// Whether the option has no value, so that its usual place is this one.
    pub(super) is_usual: bool,
    /// The variable that moved the usual places there.
    pub(super) moved_by: Option<&'static str>,
}

/// Its kind and its path, and the variable that put it there.
impl fmt::Display for Wanted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.what, self.path.display())?;
        self.moved_by.map_or(Ok(()), |variable| write!(f, " (in {variable})"))
    }
}

impl<'a> Wanted<'a> {
    /// The state file at this path, if this is the pidfile that it is beside.
    pub(super) fn state_file(self, path: &'a Path) -> Self {
        Wanted { path, what: "state file", ..self }
    }

    /// In the imperative, and of use to somebody who has written this very option.
    pub(super) fn advice(self, errno: Errno) -> String {
        let Wanted { path, what, .. } = self;
        let parent = path.parent().unwrap_or(path).display();
        match errno {
            Errno::ENOENT => format!("create {parent}, or choose another {what}"),
            Errno::ELOOP if names_standard_stream(path) => {
                format!("it is a stream that is open already: {}", self.instead_of_stream())
            }
            Errno::ELOOP if symlink_metadata(path).is_ok_and(|it| it.is_symlink()) => {
                "it is a symbolic link, which is not followed: name the file itself".into()
            }
            Errno::EACCES | Errno::EPERM => self.where_permission_is_missing(errno),
            Errno::EROFS => format!("choose another {what}, where the file system can be written"),
            // Another place would not help.
            Errno::EMFILE => "raise the limit of open files, `ulimit -n`".into(),
            _ => format!("choose another {what}"),
        }
    }

    fn instead_of_stream(self) -> &'static str {
        if self.what == "log" { "write `inherit`" } else { "choose another pidfile" }
    }

    fn where_permission_is_missing(self, errno: Errno) -> String {
        let Wanted { path, what, is_usual, .. } = self;
        let euid = geteuid();
        let owner = symlink_metadata(path).ok().map(|file| file.uid());
        match owner {
            Some(owner) if owner != euid.as_raw() && what == "pidfile" => format!(
                "it belongs to uid {owner}: if no daemon of that user runs, remove it, or choose \
                 another pidfile"
            ),
            Some(owner) if owner != euid.as_raw() => {
                format!("it belongs to uid {owner}: remove it, or choose another {what}")
            }
            Some(_) if errno == Errno::EACCES => {
                format!("let its owner, uid {euid}, read and write it, or choose another {what}")
            }
            Some(_) => format!("choose another {what}"),
            None if is_usual => {
                let parent = path.parent().unwrap_or(path).display();
                format!("let uid {euid} write {parent}, or name another {what}")
            }
            None => format!(
                "choose a place that uid {euid} may write; without a value the option has its \
                 usual one"
            ),
        }
    }
}

/// Whether this is a name for standard input, output or error.
fn names_standard_stream(path: &Path) -> bool {
    let Some(name) = path.to_str() else { return false };
    let is_number = |prefix: &&str| {
        name.strip_prefix(*prefix).is_some_and(|number| ["0", "1", "2"].contains(&number))
    };
    ["/dev/stdin", "/dev/stdout", "/dev/stderr"].contains(&name)
        || sys::proc::DESCRIPTOR_PREFIXES.iter().any(is_number)
}
