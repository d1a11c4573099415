//! The options, and the form of each value. The plan finds out whether they can be carried out.

pub(crate) mod chdir;
pub(crate) mod check;
mod resolve;
pub mod rules;
pub(crate) mod setting;
mod taken;
pub(crate) mod umask;
pub(crate) mod verb;

use std::fmt;
use std::panic::RefUnwindSafe;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::chdir::Chdir;
use crate::config::setting::Setting;
use crate::config::umask::Umask;
use crate::config::verb::{Asked, Control, Next, Rest, Verb};
use crate::error::Error;
use crate::process::capabilities::Capability;
use crate::process::identity::account::{Group, User};
use crate::process::identity::{PLANNER, Planner};
use crate::process::limits::{Limit, Resource};

/// How a daemon is to run: one setter for each option of `#[daemon::main]`.
///
/// A `configure` function gets the `Config` that the attribute made, and changes it as the command
/// line asks. Without the macro, [`Config::new`] makes one and [`Config::run`] starts the daemon.
///
/// A path may be relative: it is resolved in the working directory at the launch, which is where the
/// program was started unless the program has gone elsewhere.
///
/// A setter takes a value, or an `Option` of one, of which `None` leaves the option as it was: what a
/// command line may say is set in one line, as in `config.pidfile(args.pidfile)`.
///
/// ```no_run
/// use std::process::ExitCode;
///
/// fn main() -> ExitCode {
///     daemon::Config::new("echod").pidfile("/run/echod.pid").umask(0o027).run(|ready| {
///         ready.notify();
///         loop {
///             std::thread::park();
///         }
///     })
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Config {
    pub(crate) name: String,
    /// The version of the program, if the attribute has found one.
    pub(crate) version: Option<String>,
    pub(crate) pidfile: Pidfile,
    pub(crate) umask: Umask,
    pub(crate) chdir: Option<Chdir>,
    pub(crate) stdout: Option<Output>,
    pub(crate) stderr: Option<Output>,
    pub(crate) mode: Mode,
    pub(crate) start_timeout: Option<Duration>,
    pub(crate) stop_timeout: Option<Duration>,
    pub(crate) stop_delay: Duration,
    pub(crate) notification_fd: Option<i32>,
    pub(crate) user: Option<User>,
    pub(crate) group: Option<Group>,
    /// There if a user, a group or capabilities are asked for.
    pub(crate) identity: Option<Planner>,
    pub(crate) chroot: Option<PathBuf>,
    pub(crate) limits: Vec<(Resource, Limit)>,
    pub(crate) no_new_privs: bool,
    pub(crate) capabilities: Vec<Capability>,
    pub(crate) control: Control,
    /// Whether there is a step that needs root's rights.
    pub(crate) has_privileged: bool,
    pub(crate) asked: Asked,
    /// Carries out verbs, in a program that asks for some.
    pub(crate) performer: Option<&'static dyn Performer>,
}

impl Config {
    /// A daemon called `name`, with every option at its default.
    ///
    /// The name comes before each message and is part of the [usual places](Pidfile::Usual), so it
    /// must be a file name: not empty, not `.` or `..`, without `/` or control characters.
    pub fn new(name: impl Into<String>) -> Self {
        Config {
            name: name.into(),
            version: None,
            pidfile: Pidfile::None,
            umask: Umask::Mask(0o027),
            chdir: None,
            stdout: None,
            stderr: None,
            mode: Mode::Auto,
            start_timeout: Some(Duration::from_secs(60)),
            stop_timeout: None,
            stop_delay: Duration::ZERO,
            notification_fd: None,
            user: None,
            group: None,
            identity: None,
            chroot: None,
            limits: Vec::new(),
            no_new_privs: false,
            capabilities: Vec::new(),
            control: Control::Off,
            has_privileged: false,
            asked: Asked::default(),
            performer: None,
        }
    }

    /// Sets the name, for messages and the usual places.
    pub fn name(&mut self, name: impl Setting<String>) -> &mut Self {
        name.set(&mut self.name);
        self
    }

    /// Sets the pidfile: a path, [`Pidfile::Usual`] or [`Pidfile::None`] (the default).
    ///
    /// It is removed when the program exits, unless a signal ends it, or it has become a user who
    /// cannot write to the directory by then: the file stays, and means nothing without its lock.
    pub fn pidfile(&mut self, pidfile: impl Setting<Pidfile>) -> &mut Self {
        pidfile.set(&mut self.pidfile);
        self
    }

    /// Sets the file mode creation mask, `0..=0o777` or [`Umask::Inherit`]; see umask(2). The default
    /// is `0o027`.
    pub fn umask(&mut self, mask: impl Setting<Umask>) -> &mut Self {
        mask.set(&mut self.umask);
        self
    }

    /// Sets the working directory, a path or [`Chdir::Inherit`].
    ///
    /// The default is `/` in the background, so that the daemon does not keep a file system from
    /// being unmounted. In the foreground, the directory stays unchanged.
    pub fn chdir(&mut self, directory: impl Setting<Chdir>) -> &mut Self {
        directory.set_some(&mut self.chdir);
        self
    }

    /// Sets where standard output goes. The default is [`Output::Null`] in the background and
    /// [`Output::Inherit`] in the foreground.
    ///
    /// Wherever it goes, what is written to it before the daemon is ready reaches the terminal if
    /// the start fails.
    pub fn stdout(&mut self, output: impl Setting<Output>) -> &mut Self {
        output.set_some(&mut self.stdout);
        self
    }

    /// Sets where standard error goes. The default is [`Output::Null`] in the background and
    /// [`Output::Inherit`] in the foreground.
    ///
    /// Wherever it goes, what is written to it before the daemon is ready reaches the terminal if
    /// the start fails.
    pub fn stderr(&mut self, output: impl Setting<Output>) -> &mut Self {
        output.set_some(&mut self.stderr);
        self
    }

    /// Sets whether the program leaves the terminal. The default is [`Mode::Auto`].
    pub fn mode(&mut self, mode: impl Setting<Mode>) -> &mut Self {
        mode.set(&mut self.mode);
        self
    }

    /// Sets how long the command waits for readiness; [`Duration::MAX`] waits for ever. The default
    /// is 60 seconds.
    ///
    /// When the time is up, the command ends the daemon and exits with status 124.
    pub fn start_timeout(&mut self, limit: impl Setting<Duration>) -> &mut Self {
        if let Some(limit) = limit.value() {
            self.start_timeout = unless_never(limit);
        }
        self
    }

    /// Sets how long a stop may take, from the request on; [`Duration::MAX`], the default, lets it
    /// take as long as it needs.
    ///
    /// When the time is up, what is left of the program's [holds](crate::Stop::hold) is named on
    /// standard error, and the program is ended with status 75. Only a program that asks for its
    /// [stop](crate::stop()) has one. Until it is ready, a stop cancels the start, and takes five
    /// seconds at most, whatever is set here.
    pub fn stop_timeout(&mut self, limit: impl Setting<Duration>) -> &mut Self {
        if let Some(limit) = limit.value() {
            self.stop_timeout = unless_never(limit);
        }
        self
    }

    /// Sets for how long the program still accepts work after the request to stop, so that load
    /// balancers notice: the time between [`Stop::requested`](crate::Stop::requested) and
    /// [`Stop::stopped`](crate::Stop::stopped). The default is none. After SIGINT there is none in
    /// any case.
    ///
    /// `DAEMON_STOP_DELAY` in the environment, in seconds, overrides it.
    pub fn stop_delay(&mut self, delay: impl Setting<Duration>) -> &mut Self {
        delay.set(&mut self.stop_delay);
        self
    }

    /// Sets the descriptor on which a supervisor of the s6 family expects a newline once the
    /// program is ready: the number in the service's file `notification-fd`, at least 3.
    ///
    /// It is used only in the foreground, and only if it is a pipe or a socket. `NOTIFICATION_FD`
    /// in the environment takes precedence, and is used in the background too.
    pub fn notification_fd(&mut self, number: impl Setting<i32>) -> &mut Self {
        number.set_some(&mut self.notification_fd);
        self
    }

    /// Sets the user to become, by name or by number; only root can become another user.
    ///
    /// The groups follow: the user's own, and every other that they belong to. A number without an
    /// entry in the user database gets the group of the same number, and no other. The real,
    /// effective and saved ids all change, and are read back: if anything is not as it should be,
    /// the body does not run.
    ///
    /// A process that already runs as this user loses what it has beyond that user: capabilities,
    /// and groups if it may change them (`CAP_SETGID`). If its groups are not exactly that user's
    /// and it may not change them, the start is refused.
    ///
    /// `HOME`, `USER`, `LOGNAME` and `SHELL` follow the user; variables that lead to the session or
    /// the home of whoever started the daemon are removed: `XDG_*`, `DBUS_*`, `SSH_*`, `GPG_*`,
    /// `TMPDIR`, `TMP`, `TEMP`, `MAIL`, `DISPLAY`, `KRB5CCNAME` and their like.
    pub fn user(&mut self, user: impl Setting<User>) -> &mut Self {
        user.set_some(&mut self.user);
        self.identity = Some(PLANNER);
        self
    }

    /// Sets the group to use instead of the user's own, by name or by number.
    pub fn group(&mut self, group: impl Setting<Group>) -> &mut Self {
        group.set_some(&mut self.group);
        self.identity = Some(PLANNER);
        self
    }

    /// Sets the root directory; see chroot(2). Only root can change it, or whoever has
    /// `CAP_SYS_CHROOT`.
    ///
    /// The pidfile and the logs are named and opened outside it, and users and groups are looked up
    /// outside it. The directory that [`Config::chdir`] names is inside it, an absolute path. The
    /// pidfile cannot be removed from inside: it stays, harmless without its lock.
    pub fn chroot(&mut self, directory: impl Setting<PathBuf>) -> &mut Self {
        directory.set_some(&mut self.chroot);
        self
    }

    /// Sets a resource limit; see setrlimit(2). A single number is both the soft and the hard
    /// limit.
    ///
    /// A limit that cannot be set refuses the start. For one that the program can do without, call
    /// setrlimit(2) in `configure`: the daemon inherits it.
    ///
    /// ```
    /// use daemon::{Limit, Resource};
    ///
    /// daemon::Config::new("echod")
    ///     .limit(Resource::Nofile, (1024, 4096))
    ///     .limit(Resource::Core, Limit::UNLIMITED);
    /// ```
    pub fn limit(&mut self, resource: Resource, limit: impl Setting<Limit>) -> &mut Self {
        if let Some(limit) = limit.value() {
            self.limits.retain(|(limited, _)| *limited != resource);
            self.limits.push((resource, limit));
        }
        self
    }

    /// Sets whether the daemon and everything that it executes are kept from gaining privileges,
    /// through set-user-ID programs for example; see PR_SET_NO_NEW_PRIVS(2const).
    pub fn no_new_privs(&mut self, keep: impl Setting<bool>) -> &mut Self {
        keep.set(&mut self.no_new_privs);
        self
    }

    /// Sets the capabilities to keep when root becomes [`Config::user`]; all others are dropped,
    /// from the bounding set too. Programs that the daemon executes have them as well (they are
    /// ambient; see capabilities(7)). A process that already runs as that user keeps them if it has
    /// them, and drops all others, but cannot change the bounding set.
    pub fn capabilities(&mut self, keep: impl IntoIterator<Item = Capability>) -> &mut Self {
        self.capabilities = keep.into_iter().collect();
        self.identity = Some(PLANNER);
        self
    }

    /// The verb on the command line, or the one that was noted; `None` if there is neither: a start.
    pub fn verb(&self) -> Option<&Verb> {
        self.asked.verb.as_ref()
    }
}

/// What carries out verbs, and what belongs to that.
///
/// It is reached through [`Config`] alone, where asking for verbs puts it: the code for the verbs, a
/// third of the library, is linked only into programs that ask for them.
pub(crate) trait Performer: fmt::Debug + Sync + RefUnwindSafe {
    /// Reads the verb from the command line, once. Returns the exit status if that is all there is to
    /// do: help was asked for, or nobody can do what was asked for.
    fn read_command_line(&self, config: &mut Config, rest: Rest) -> Option<u8>;
    /// Carries out the verb, unless it is a start.
    fn carry_out(&self, config: &mut Config) -> Next;
    /// Before the program's `configure`.
    fn begin_configure(&self, config: &mut Config);
    /// After it.
    fn end_configure(&self);
    /// It has failed. Returns for a start alone.
    fn configure_has_failed(&self, config: &mut Config, error: &Error);
    /// The exit status, if the verb makes a success of a start that was refused.
    fn is_success(&self, config: &mut Config, error: &Error) -> Option<u8>;
}

/// Where the pidfile is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pidfile {
    /// No pidfile: nothing keeps a second instance from starting.
    None,
    /// The usual place, which depends on who starts the program.
    ///
    /// In a systemd unit, where its `PIDFile=` says, else in its `RuntimeDirectory=`, if systemd
    /// names them to this very process (`$PIDFILE`, `$RUNTIME_DIRECTORY`); else `/run/NAME.pid` as
    /// root, else `$XDG_STATE_HOME/NAME.pid` (by default `~/.local/state/NAME.pid`). Not in
    /// `$XDG_RUNTIME_DIR`, which is deleted at logout while the daemon still runs.
    ///
    /// `DAEMON_DIRECTORY` in the environment, an absolute path, moves it: to `NAME.pid` in that
    /// directory, unless systemd names a `PIDFile=`. This is for tests, whose runs must not meet. The
    /// directory must be as safe as any other: root refuses one that others can write to. If the
    /// program gained privileges by being executed, the variable does not count.
    ///
    /// If it cannot be used, the start is refused. In the foreground, where a supervisor makes sure
    /// that there is only one instance, the program instead says so on standard error and goes on
    /// without a pidfile, unless another instance holds it.
    Usual,
    /// This file.
    At(PathBuf),
}

/// Where standard output or standard error goes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output {
    /// `/dev/null`.
    ///
    /// Until the daemon is ready it is a file in memory, which is shown if the start fails. A child
    /// created before then keeps that file, and fills memory if it goes on writing to it: give it
    /// other standard streams, or create it later.
    Null,
    /// Unchanged: where it went when the command was started.
    Inherit,
    /// A log in the usual place, which depends on who starts the program: `NAME.log` in the first
    /// directory of `$LOGS_DIRECTORY` if systemd set it for this very process, else in `/var/log`
    /// as root, else in `$XDG_STATE_HOME` (by default `~/.local/state`). In the foreground, without
    /// a `$LOGS_DIRECTORY`, it is the supervisor's own log: the output stays where it is.
    ///
    /// `DAEMON_DIRECTORY` in the environment moves it, in the foreground too, to `NAME.log` in that
    /// directory, as it moves the [pidfile](Pidfile::Usual).
    Usual,
    /// The journal of systemd, under the program's name. A line that begins with `<3>` and so on
    /// has that priority; see sd-daemon(3).
    ///
    /// If there is no journal, the start is refused.
    Journal,
    /// Appended to this file.
    ///
    /// In the background, what is written before the daemon is ready is kept in memory where the
    /// file cannot be read back (a FIFO, a device, no permission), so that a start that fails can
    /// show it; the file gets it when the daemon is ready.
    File(PathBuf),
}

/// Whether the program leaves the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// In the foreground if something already supervises the program, else in the background.
    /// [`mode()`](crate::mode()) says which, and why.
    ///
    /// A program is supervised if it is process 1, if it is to report to a `NOTIFY_SOCKET` that
    /// whoever started it does not report to itself, if sockets are passed to it, or if systemd,
    /// another of the usual supervisors, the init of a container (whatever it is called), process 1
    /// by its inittab(5), or inetd(8) started it. A parent that /proc hides may be a supervisor,
    /// unless there is a terminal or sudo(8). A systemd unit with `PIDFile=` is of `Type=forking`,
    /// and so goes to the background.
    ///
    /// `DAEMON_MODE` in the environment, `background`, `foreground` or `off`, overrides this, for
    /// example in a unit of `Type=forking` without `PIDFile=`, which looks like one of
    /// `Type=simple`. The value `auto` changes nothing.
    ///
    /// If the program gained privileges by being executed, because it is set-user-ID for example,
    /// no variable is looked at.
    #[default]
    Auto,
    /// The command returns and the daemon goes on.
    Background,
    /// The program remains the process that was started, as supervisors expect.
    Foreground,
    /// The program is an ordinary one: `configure`, `privileged` and the body run, and that is all.
    /// Nothing is locked, changed or told, and [`Ready`](crate::Ready) is silent.
    Off,
}

/// `Duration::MAX` is how long it takes to wait for ever.
fn unless_never(limit: Duration) -> Option<Duration> {
    Some(limit).filter(|limit| *limit != Duration::MAX)
}

/// Implements `From` for the types that usually hold a path.
macro_rules! from_paths {
    ($target:ident :: $variant:ident) => {
        from_paths!(@ $target::$variant: &str, &String, String, &Path, &PathBuf, PathBuf);
    };
    (@ $target:ident :: $variant:ident: $($source:ty),*) => {
        $(
            impl From<$source> for $target {
                fn from(path: $source) -> Self {
                    $target::$variant(path.into())
                }
            }
        )*
    };
}

from_paths!(Pidfile::At);
from_paths!(Output::File);
from_paths!(Chdir::To);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_sets_what_is_some_and_leaves_what_is_none() {
        let mut config = Config::new("echod");
        let mut once = config.clone();
        once.name("e2").pidfile("/p").umask(0o22).chdir("/c").chroot("/r");
        once.user("u").group(7).stdout("/o").stderr(Output::Usual).mode(Mode::Off);
        once.start_timeout(Duration::from_secs(1)).stop_timeout(Duration::from_secs(2));
        once.stop_delay(Duration::from_secs(3)).notification_fd(4).no_new_privs(true);
        once.limit(Resource::Core, 0);

        config.name(Some("e2")).pidfile(Some(PathBuf::from("/p"))).umask(Some(0o22));
        config.chdir(Some(Path::new("/c"))).chroot(Some(String::from("/r")));
        config.user(Some(String::from("u"))).group(Some(7)).stdout(Some("/o"));
        config.stderr(Some(Output::Usual)).mode(Some(Mode::Off));
        config.start_timeout(Some(Duration::from_secs(1)));
        config.stop_timeout(Some(Duration::from_secs(2)));
        config.stop_delay(Some(Duration::from_secs(3))).notification_fd(Some(4));
        config.no_new_privs(Some(true)).limit(Resource::Core, Some(0));
        assert_eq!(format!("{config:?}"), format!("{once:?}"));

        let (text, path, time) = (None::<String>, None::<&Path>, None::<Duration>);
        config.name(text.as_ref()).pidfile(path).umask(None::<u32>).chdir(path).chroot(path);
        config.user(text.as_deref()).group(None::<u32>).stdout(path).stderr(text);
        config.mode(None::<Mode>).start_timeout(time).stop_timeout(time).stop_delay(time);
        config.notification_fd(None::<i32>).no_new_privs(None::<bool>);
        config.limit(Resource::Core, None::<u64>);
        assert_eq!(format!("{config:?}"), format!("{once:?}"));
    }

    #[test]
    fn the_longest_duration_never_ends() {
        let mut config = Config::new("echod");
        let never = config.start_timeout(Duration::MAX).stop_timeout(Some(Duration::MAX));
        assert_eq!((never.start_timeout, never.stop_timeout), (None, None));
        let ends = never.stop_timeout(Duration::MAX - Duration::from_nanos(1));
        assert!(ends.stop_timeout.is_some());
    }
}
