//! The usual places of pidfiles and logs, which depend on whoever starts the daemon.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::AT_FDCWD;
use nix::sys::stat::{FchmodatFlags, Mode, fchmodat, lstat};
use nix::unistd::{User, geteuid, mkdir};

use crate::error::{Error, ErrorKind};
use crate::files::safe_directories::writable_by_others;
use crate::process::identity::Identity;
use crate::supervisor::environment::Environment;

/// Everything that the usual places depend on.
pub(crate) struct UsualPlaces<'a> {
    name: &'a str,
    environment: Environment<'a>,
    /// Whether systemd started this very process: only then are the places it names meant for us.
    started_by_systemd: bool,
    /// The directory that takes the place of all the usual ones, if whoever starts the program names
    /// one: a test, so that two runs do not meet.
    moved_to: Option<PathBuf>,
}

/// The variable that names that directory.
const MOVED_BY: &str = "DAEMON_DIRECTORY";

/// A file in its usual place.
#[derive(Debug, Clone)]
pub(crate) struct UsualFile {
    pub(super) path: PathBuf,
    /// The variable that moved it there from where it usually is.
    pub(super) moved_by: Option<&'static str>,
}

impl<'a> UsualPlaces<'a> {
    pub(crate) fn name(&self) -> &str {
        self.name
    }

    pub(crate) fn new(
        name: &'a str,
        environment: Environment<'a>,
        started_by_systemd: bool,
    ) -> Result<Self, Error> {
        let moved_to = environment.get(MOVED_BY).map(PathBuf::from);
        if let Some(relative) = moved_to.as_ref().filter(|directory| directory.is_relative()) {
            return Err(Error::new(ErrorKind::Config, format!("{MOVED_BY} is {relative:?}"))
                .advise("set it to an absolute path, or unset it"));
        }
        Ok(UsualPlaces { name, environment, started_by_systemd, moved_to })
    }

    /// The file at this path, which is the usual place of one.
    pub(super) fn file(&self, path: &Path) -> UsualFile {
        let is_moved = self.moved_to.is_some() && path.parent() == self.moved_to.as_deref();
        UsualFile { path: path.to_owned(), moved_by: is_moved.then_some(MOVED_BY) }
    }

    /// Where systemd expects the pidfile of the unit that it started this process for, `PIDFile=`
    /// in systemd.service(5).
    pub(crate) fn expected_pidfile(&self) -> Option<PathBuf> {
        let path = self.environment.get("PIDFILE").and_then(absolute)?;
        self.started_by_systemd.then_some(path)
    }

    /// Where systemd expects it; otherwise `NAME.pid` where it survives a logout but not a reboot,
    /// if there is such a place.
    pub(crate) fn pidfile(&self) -> Result<PathBuf, Error> {
        if let Some(expected) = self.expected_pidfile() {
            return Ok(expected);
        }
        self.place("RUNTIME_DIRECTORY", "/run", "pid")
    }

    /// Every place where one may be that somebody else has started, the likeliest first.
    pub(crate) fn all_pidfiles(&self) -> Result<Vec<PathBuf>, Error> {
        let own = self.pidfile();
        if self.moved_to.is_some() {
            return own.map(|own| vec![own]);
        }
        let file = format!("{}.pid", self.name);
        let run = Path::new("/run");
        let of_root = [run.join(self.name).join(&file), run.join(&file)];
        let of_user = self.state_home("pid").map(|home| home.join(&file));
        let of_user = of_user.ok().filter(|_| !geteuid().is_root());
        let mut all: Vec<PathBuf> = Vec::new();
        let error = match own {
            Ok(own) => {
                all.push(own);
                None
            }
            Err(error) => Some(error),
        };
        all.extend(of_user);
        for place in of_root {
            if !all.contains(&place) {
                all.push(place);
            }
        }
        all.dedup();
        // Root's places alone are no place of a user's.
        match error.filter(|_| !geteuid().is_root()) {
            Some(error) => Err(error),
            None => Ok(all),
        }
    }

    /// `NAME.log` in the directory that whoever starts the program names for it, in
    /// `DAEMON_DIRECTORY` or with `LogsDirectory=` of the systemd unit, if they do.
    pub(crate) fn named_log(&self) -> Option<PathBuf> {
        Some(self.named_directory("LOGS_DIRECTORY")?.join(format!("{}.log", self.name)))
    }

    /// `NAME.log` where it survives a logout and a reboot.
    pub(crate) fn log(&self) -> Result<PathBuf, Error> {
        self.place("LOGS_DIRECTORY", "/var/log", "log")
    }

    fn place(&self, from_systemd: &str, for_root: &str, extension: &str) -> Result<PathBuf, Error> {
        let file = format!("{}.{extension}", self.name);
        if let Some(directory) = self.named_directory(from_systemd) {
            return Ok(directory.join(file));
        }
        if geteuid().is_root() {
            return Ok(Path::new(for_root).join(file));
        }
        Ok(self.state_home(extension)?.join(file))
    }

    /// `DAEMON_DIRECTORY` is for programs like this one alone, so it comes before what systemd gives to
    /// every service. `PIDFILE` comes before both: systemd waits for that very file.
    fn named_directory(&self, from_systemd: &str) -> Option<PathBuf> {
        self.moved_to.clone().or_else(|| self.given_by_systemd(from_systemd))
    }

    /// The first directory in a variable such as `RUNTIME_DIRECTORY`, see systemd.exec(5), unless
    /// we merely inherited it from a parent that systemd started.
    fn given_by_systemd(&self, name: &str) -> Option<PathBuf> {
        let list = self.environment.get(name).filter(|_| self.started_by_systemd)?;
        let first = list.to_str()?.split(':').next()?;
        absolute(first.into())
    }

    /// `$XDG_STATE_HOME`, by default `~/.local/state`; see the XDG Base Directory Specification,
    /// which also says to ignore a relative path.
    fn state_home(&self, extension: &str) -> Result<PathBuf, Error> {
        if let Some(directory) = self.environment.get("XDG_STATE_HOME").and_then(absolute) {
            return Ok(directory);
        }
        let home = self.environment.get("HOME").and_then(absolute).or_else(|| {
            let user = User::from_uid(geteuid()).ok()??;
            absolute(user.dir.into_os_string())
        });
        home.map(|home| home.join(".local/state")).ok_or_else(|| {
            let what = format!(
                "there is no usual place for {}.{extension}: HOME is not set, and uid {} has no \
                 home directory",
                self.name,
                geteuid()
            );
            Error::new(ErrorKind::Config, what).advise("set HOME, or name a path")
        })
    }
}

fn absolute(path: OsString) -> Option<PathBuf> {
    Some(PathBuf::from(path)).filter(|path| path.is_absolute())
}

/// The missing directories above a file in its usual place, each before its parent. None if there are
/// none, or if they must not be created: root creates nothing below a directory that others can write
/// to.
pub(super) fn missing_parents(file: &Path, identity: Option<&Identity>) -> Vec<PathBuf> {
    // If the path is too long, for example, nothing can be created.
    let is_missing = |parent: &&Path| matches!(parent.try_exists(), Ok(false));
    let Some(parent) = file.parent().filter(is_missing) else { return Vec::new() };
    let missing = parent.ancestors().take_while(|directory| !directory.exists());
    let missing: Vec<_> = missing.map(Path::to_owned).collect();
    let euid = geteuid();
    let above = missing.last().and_then(|highest| highest.parent()).unwrap_or(parent);
    if euid.is_root() && !matches!(writable_by_others(above, euid, identity), Ok(None)) {
        return Vec::new();
    }
    missing
}

/// Creates the directory of a file in its usual place if it is missing. Root's is for everybody to
/// enter, as /run and /var/log are, and a user's for themselves, as the XDG Base Directory
/// Specification says. An error shows when the file is opened.
///
/// Returns the directories that it created, each before its parent.
pub(crate) fn create_parent(file: &Path, identity: Option<&Identity>) -> Vec<PathBuf> {
    let missing = missing_parents(file, identity);
    if missing.is_empty() {
        return missing;
    }
    let mode = Mode::from_bits_truncate(if geteuid().is_root() { 0o755 } else { 0o700 });
    let from_above = missing.into_iter().rev();
    let mut made: Vec<_> = from_above.take_while(|it| create(it, mode).is_ok()).collect();
    made.reverse();
    made
}

/// Creates a directory with this mode, whatever the umask of whoever started us takes from it.
fn create(directory: &Path, mode: Mode) -> Result<(), Errno> {
    mkdir(directory, mode)?;
    let made = lstat(directory).map(|status| Mode::from_bits_truncate(status.st_mode));
    let is_different = |made: &Mode| *made & mode != mode;
    if let Some(made) = made.ok().filter(is_different) {
        // The group may come from the directory above, with the bit that hands it on. An error
        // shows when something is made in it.
        let mode = mode | (made & Mode::S_ISGID);
        let _ = fchmodat(AT_FDCWD, directory, mode, FchmodatFlags::NoFollowSymlink);
    }
    Ok(())
}

/// Removes these directories again, for a start that was refused after creating them, unless
/// something has been put there.
pub(crate) fn remove(made: &[PathBuf]) {
    for directory in made {
        let _ = std::fs::remove_dir(directory);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use property::check;
    use property::proptest::array::uniform6;
    use property::proptest::collection::vec;
    use property::proptest::prelude::{Strategy, any, prop_oneof};

    use super::*;

    /// Paths, lists of them, and any bytes.
    fn values() -> impl Strategy<Value = OsString> {
        let bytes = "[/.:a~é$-]{0,30}".prop_map(String::into_bytes);
        prop_oneof![bytes, vec(1_u8..=255, 0..40)].prop_map(OsString::from_vec)
    }

    #[test]
    fn a_usual_place_is_absolute_and_ends_in_the_name() {
        const NAMES: [&str; 6] =
            ["RUNTIME_DIRECTORY", "LOGS_DIRECTORY", "XDG_STATE_HOME", "HOME", "PIDFILE", MOVED_BY];
        check(
            2000,
            || (uniform6(values()), any::<bool>()),
            |(values, started_by_systemd)| {
                let variable = |name: &str| {
                    let index = NAMES.iter().position(|known| *known == name)?;
                    Some(values[index].clone())
                };
                let environment = Environment::new(42, &variable);
                let is_refused = !values[5].is_empty() && !Path::new(&values[5]).is_absolute();
                let places = UsualPlaces::new("echod", environment, started_by_systemd);
                assert_eq!(places.is_err(), is_refused);
                let Ok(places) = places else { return };
                let expected = places.expected_pidfile();
                assert!(expected.is_none() || started_by_systemd);
                for (place, file) in [
                    (places.pidfile().ok(), "echod.pid"),
                    (places.log().ok(), "echod.log"),
                    (places.state_home("log").ok().map(|home| home.join("echod.log")), "echod.log"),
                ] {
                    let Some(place) = place.filter(|place| Some(place) != expected.as_ref()) else {
                        continue;
                    };
                    assert!(place.is_absolute() && place.ends_with(file), "{place:?}");
                }
                assert!(expected.is_none_or(|expected| expected.is_absolute()));
            },
        );
    }

    fn places_with(
        started_by_systemd: bool,
        set: &[(&str, &str)],
    ) -> (Option<PathBuf>, Option<PathBuf>) {
        let variable = |name: &str| {
            set.iter().find(|(set, _)| *set == name).map(|(_, value)| OsString::from(value))
        };
        let places = UsualPlaces::new("echod", Environment::new(42, &variable), started_by_systemd);
        let places = places.expect("no relative DAEMON_DIRECTORY");
        (places.pidfile().ok(), places.log().ok())
    }

    #[test]
    fn systemd_gives_directories_to_the_process_it_started() {
        let set = [("RUNTIME_DIRECTORY", "/run/a:/run/b")];
        assert_eq!(places_with(true, &set).0, Some("/run/a/echod.pid".into()));
        let set = [("RUNTIME_DIRECTORY", "/run/a"), ("PIDFILE", "/p/a.pid"), ("HOME", "/h")];
        assert_eq!(places_with(true, &set).0, Some("/p/a.pid".into()));
        let inherited = places_with(false, &set).0;
        assert!(![Some("/run/a/echod.pid".into()), Some("/p/a.pid".into())].contains(&inherited));
        let set = [("LOGS_DIRECTORY", "/var/log/a")];
        assert_eq!(places_with(true, &set).1, Some("/var/log/a/echod.log".into()));
    }

    #[test]
    fn a_directory_of_its_own_comes_before_all_but_the_pidfile_of_a_unit() {
        let moved = [(MOVED_BY, "/t"), ("XDG_STATE_HOME", "/h"), ("HOME", "/h")];
        let both = (Some("/t/echod.pid".into()), Some("/t/echod.log".into()));
        assert_eq!(places_with(false, &moved), both);
        let directories = [("RUNTIME_DIRECTORY", "/run/a"), ("LOGS_DIRECTORY", "/var/log/a")];
        assert_eq!(places_with(true, &[&moved[..], &directories].concat()), both);
        let of_unit = places_with(true, &[&moved[..], &[("PIDFILE", "/p/a.pid")]].concat());
        assert_eq!(of_unit, (Some("/p/a.pid".into()), both.1));
    }

    #[test]
    fn a_relative_state_home_counts_as_none() {
        let set = [("XDG_STATE_HOME", "state"), ("HOME", "/h")];
        let variable = |name: &str| {
            set.iter().find(|(set, _)| *set == name).map(|(_, value)| OsString::from(value))
        };
        let places = UsualPlaces::new("echod", Environment::new(42, &variable), false);
        let home = places.ok().and_then(|places| places.state_home("pid").ok());
        assert_eq!(home, Some("/h/.local/state".into()));
    }
}
