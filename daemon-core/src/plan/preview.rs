//! The plan without the deeds: what a start would do, and everything that would make it fail. No
//! file is created, locked, or opened for writing.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use nix::sys::stat::{Mode, lstat};
use nix::unistd::{Gid, Group, Uid, User, geteuid};

use crate::config::chdir::Chdir;
use crate::config::umask::Umask;
use crate::config::{Config, check};
use crate::error::Error;
use crate::files;
use crate::files::log::Owner;
use crate::files::paths::Paths;
use crate::files::preview::Held;
use crate::files::stdio::Destination;
use crate::plan::inherited::Inherited;
use crate::plan::{confinement, refuse_threads, stop_delay};
use crate::process::confinement::Confinement;
use crate::process::signals::{self, InheritedSignals};
use crate::process::{descriptors, limits};
use crate::supervisor::decision::{Decided, Decision};
use crate::supervisor::environment::Environment;
use crate::supervisor::mode;
use crate::sys::signals::SignalSet;
use crate::text::seconds;

/// The plan of a start that is not made.
#[derive(Debug, Default)]
pub(crate) struct Preview {
    /// Each with its key.
    pub(crate) rows: Vec<(&'static str, String)>,
    /// Everything that would make it fail, in the order of the launch.
    pub(crate) failures: Vec<Error>,
}

impl Preview {
    pub(crate) fn of(
        config: &mut Config,
        inherited: Inherited,
        environment: Environment<'_>,
    ) -> Self {
        let mut preview = Preview::default();
        preview.look(config, inherited, environment);
        preview
    }

    fn look(&mut self, config: &mut Config, inherited: Inherited, environment: Environment<'_>) {
        self.row("name", config.name.clone());
        if let Some(off) = mode::off(config.mode, environment) {
            self.row("mode", off.to_string());
            return;
        }
        let made_absolute = config.make_paths_absolute();
        self.note(made_absolute);
        let config = &*config;
        self.note(check::values(config));
        self.note(inherited.sockets);
        let delay = self.note(stop_delay(config, environment));
        let Some(decision) = self.note(mode::decide(config.mode, environment)) else { return };
        let mode = decision.decided();
        self.row("mode", decision.to_string());
        self.note(refuse_threads(config, mode));
        self.files(config, &decision, environment);
        self.directories(config, mode);
        if config.no_new_privs {
            self.row("no_new_privs", "yes".to_owned());
        }
        self.limits(config);
        let never = || "never".to_owned();
        self.row("start_timeout", config.start_timeout.map_or_else(never, in_seconds));
        self.row("stop_timeout", config.stop_timeout.map_or_else(never, in_seconds));
        self.row("stop_delay", in_seconds(delay.unwrap_or(config.stop_delay)));
        self.row("umask", umask(config.umask));
        if mode == Decided::Background {
            let runs = self.note(descriptors::to_close(inherited.descriptors));
            if let Some(runs) = runs.filter(|runs| !runs.is_empty()) {
                self.row("closed", format!("the inherited descriptors {runs}"));
            }
        }
        if let Some(signals) = put_back(inherited.signals).filter(|_| mode == Decided::Background) {
            self.row("put back", signals);
        }
    }

    fn files(&mut self, config: &Config, decision: &Decision, environment: Environment<'_>) {
        let mode = decision.decided();
        // Without the user it is known where the files are to be, and not whose.
        let confined = self.note(confinement(config, mode));
        self.row("user", user(config, confined.as_ref()));
        let identity = confined.as_ref().and_then(Confinement::identity);
        let Some(paths) = self.note(Paths::resolve(config, decision, environment)) else { return };
        let owner = Owner::new(identity, config.umask.mask());
        let owner = owner.with_usual(&paths.in_usual_places);
        if let Some(path) = paths.pidfile_path() {
            let held = files::preview::pidfile(path, owner, mode);
            let state = match &held {
                Ok(Held::ByNobody) => "free".to_owned(),
                Ok(Held::DoneWithout(why)) => format!("done without: {why}"),
                Err(why) => why.to_string(),
            };
            self.row("pidfile", format!("{}{}: {state}", path.display(), owner_and_mode(path)));
            let is_locked = matches!(held, Ok(Held::ByNobody));
            self.note(held);
            if is_locked && paths.has_state {
                self.note(files::preview::state(path, owner));
            }
        } else {
            self.row("pidfile", "none".to_owned());
        }
        for (name, destination) in [("stdout", &paths.stdout), ("stderr", &paths.stderr)] {
            let shown = match destination {
                Destination::File(path) => {
                    self.note(files::preview::log(path, owner));
                    format!("{}{}", path.display(), owner_and_mode(path))
                }
                Destination::Null => "/dev/null".to_owned(),
                Destination::Inherit => "unchanged".to_owned(),
                Destination::Journal(_) => "the journal".to_owned(),
            };
            self.row(name, shown);
        }
    }

    fn directories(&mut self, config: &Config, mode: Decided) {
        if let Some(root) = &config.chroot {
            self.row("chroot", root.display().to_string());
        }
        let chdir = match (&config.chdir, mode) {
            (Some(Chdir::To(path)), _) => path.display().to_string(),
            (Some(Chdir::Inherit), _) | (None, Decided::Foreground) => "unchanged".to_owned(),
            (None, Decided::Background) => "/".to_owned(),
        };
        self.row("chdir", chdir);
    }

    fn limits(&mut self, config: &Config) {
        self.note(limits::plan(&config.limits));
        let shown: Vec<_> = config
            .limits
            .iter()
            .map(|(resource, limit)| {
                let number = |value: u64| match value {
                    u64::MAX => "unlimited".to_owned(),
                    value => value.to_string(),
                };
                format!("{} {}:{}", resource.name(), number(limit.soft), number(limit.hard))
            })
            .collect();
        if !shown.is_empty() {
            self.row("limits", shown.join(", "));
        }
    }

    fn row(&mut self, key: &'static str, value: String) {
        self.rows.push((key, value));
    }

    /// Keeps what would make it fail.
    fn note<T>(&mut self, result: Result<T, Error>) -> Option<T> {
        result.map_err(|error| self.failures.push(error)).ok()
    }
}

/// Who the daemon runs as.
fn user(config: &Config, confined: Option<&Confinement>) -> String {
    let Some(confined) = confined else { return "not known".to_owned() };
    let Some(identity) = confined.identity() else {
        return format!("unchanged ({})", of_uid(geteuid()));
    };
    let groups: Vec<_> = identity.groups.iter().map(Gid::to_string).collect();
    let mut shown =
        format!("{}, gid {}, groups {}", of_uid(identity.uid), identity.gid, groups.join(","));
    for capability in &config.capabilities {
        let _ = write!(shown, ", {capability:?}");
    }
    shown
}

fn of_uid(uid: Uid) -> String {
    match User::from_uid(uid) {
        Ok(Some(user)) => format!("{} (uid {uid})", user.name),
        _ => format!("uid {uid}"),
    }
}

/// ` (root:adm 0640)`, if the file is there.
fn owner_and_mode(path: &Path) -> String {
    let Ok(status) = lstat(path) else { return String::new() };
    let (uid, gid) = (Uid::from_raw(status.st_uid), Gid::from_raw(status.st_gid));
    let user = User::from_uid(uid).ok().flatten().map_or_else(|| uid.to_string(), |it| it.name);
    let group = Group::from_gid(gid).ok().flatten().map_or_else(|| gid.to_string(), |it| it.name);
    let mode = Mode::from_bits_truncate(status.st_mode).bits();
    format!(" ({user}:{group} {mode:04o})")
}

fn in_seconds(time: Duration) -> String {
    format!("{} s", seconds(time))
}

fn umask(umask: Umask) -> String {
    match umask {
        Umask::Mask(mask) => format!("{mask:04o}"),
        Umask::Inherit => format!("{:04o} (inherited)", umask.mask()),
    }
}

/// The inherited signals that are put back to their defaults.
fn put_back(inherited: InheritedSignals) -> Option<String> {
    let named = |what: &str, set: SignalSet| {
        let names: Vec<_> = set.iter().map(signals::name).collect();
        (!names.is_empty()).then(|| format!("{what} {}", names.join(", ")))
    };
    let ignored = inherited.ignored.without(SignalSet::of(&[libc::SIGPIPE]));
    let both = [named("ignored", ignored), named("blocked", inherited.blocked)];
    let both: Vec<_> = both.into_iter().flatten().collect();
    (!both.is_empty()).then(|| both.join("; "))
}
