//! The one language in which a fixture is told what to do, on its command line:
//!
//! ```text
//! does_as_told mode=background stderr=@/log status:opening wait:go notify
//! ```
//!
//! A word with a `=` is an option of the launch, `option=value`: those of [`daemon::Config`] by
//! their names, and perhaps some of the fixture's own. Any other word is a step, `verb` or
//! `verb:object`, and the body takes the steps in their order. (After the first `:` a `=` is part
//! of the object.) The options act in their order too, so the last one of a name counts.
//!
//! In a value, `@` is the directory of the start, or the one that `here=DIRECTORY` names. There the
//! pidfile is too, `daemon.pid`, unless an option says otherwise.

use std::{
    env, fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    str::FromStr,
    sync::mpsc,
    thread,
    time::Duration,
};

use daemon::{Capability, Config, Limit, Mode, Output, Pidfile, Resource};

use crate::PIDFILE;

/// What a fixture was told on its command line.
#[derive(Debug)]
pub struct Told {
    here: PathBuf,
    steps: Vec<String>,
}

impl Told {
    /// Reads the command line and sets its options.
    ///
    /// # Panics
    ///
    /// If there is no such option.
    pub fn read(config: &mut Config) -> Self {
        Self::read_with(config, |_, _| false)
    }

    /// As [`Told::read`], where the fixture has options of its own: it is asked whether this is one.
    pub fn read_with(config: &mut Config, mut own: impl FnMut(&str, &str) -> bool) -> Self {
        let (options, steps): (Vec<_>, Vec<_>) =
            env::args().skip(1).partition(|word| is_option(word));
        let options = options.iter().map(|it| it.split_once('=').expect("an option"));
        let mut here = env::current_dir().expect("a working directory");
        if let Some((_, directory)) = options.clone().find(|(name, _)| *name == "here") {
            here = directory.into();
        }
        config.pidfile(here.join(PIDFILE));
        let mut launch = Launch { config, capabilities: Vec::new() };
        for (name, value) in options.filter(|(name, _)| *name != "here") {
            let value = match value.strip_prefix('@') {
                Some(rest) => format!("{}{rest}", here.display()),
                None => value.to_owned(),
            };
            if !own(name, &value) && !launch.set(name, &value) {
                panic!("no option {name}");
            }
        }
        Self { here, steps }
    }

    /// The path of something in the directory of the start.
    pub fn file(&self, name: &str) -> PathBuf {
        self.here.join(name)
    }

    /// The steps, each a verb and an object, which may be empty.
    pub fn steps(&self) -> impl Iterator<Item = (&str, &str)> {
        self.steps.iter().map(|step| step.split_once(':').unwrap_or((step, "")))
    }

    /// The only step.
    pub fn only_step(&self) -> (&str, &str) {
        let mut steps = self.steps();
        let step = steps.next().expect("a step");
        assert!(steps.next().is_none(), "one step, not {:?}", self.steps);
        step
    }
}

fn is_option(word: &str) -> bool {
    word.split(':').next().is_some_and(|it| it.contains('='))
}

/// The launch's own options.
struct Launch<'a> {
    config: &'a mut Config,
    /// Of which there may be several words.
    capabilities: Vec<Capability>,
}

impl Launch<'_> {
    /// Sets this one, if it is one.
    fn set(&mut self, name: &str, value: &str) -> bool {
        let config = &mut *self.config;
        match (name, value) {
            ("name", name) => config.name(name),
            ("pidfile", "none") => config.pidfile(Pidfile::None),
            ("pidfile", "usual") => config.pidfile(Pidfile::Usual),
            ("pidfile", path) => config.pidfile(path),
            ("umask", mask) => config.umask(u32::from_str_radix(mask, 8).expect("octal digits")),
            ("chdir", path) => config.chdir(path),
            ("stdout", value) => config.stdout(output(value)),
            ("stderr", value) => config.stderr(output(value)),
            ("mode", "background") => config.mode(Mode::Background),
            ("mode", "foreground") => config.mode(Mode::Foreground),
            ("start_timeout", "never") => config.start_timeout(None),
            ("start_timeout", seconds) => config.start_timeout(duration(seconds)),
            ("notification_fd", number) => config.notification_fd(parse(number)),
            ("user", name) => config.user(name),
            ("uid", number) => config.user(parse::<u32>(number)),
            ("group", name) => config.group(name),
            ("gid", number) => config.group(parse::<u32>(number)),
            ("chroot", path) => config.chroot(path),
            ("core", value) => config.limit(Resource::Core, limit(value)),
            ("nofile", value) => config.limit(Resource::Nofile, limit(value)),
            ("nproc", value) => config.limit(Resource::Nproc, limit(value)),
            ("no_new_privs", "true") => config.no_new_privs(true),
            ("capability", name) => {
                self.capabilities.push(capability(name));
                config.capabilities(self.capabilities.iter().copied())
            }
            // No option of the launch, but something that a program does too early.
            ("threads", names) => {
                names.split(',').for_each(start_thread);
                config
            }
            _ => return false,
        };
        true
    }
}

fn output(value: &str) -> Output {
    match value {
        "usual" => Output::Usual,
        "inherit" => Output::Inherit,
        path => path.into(),
    }
}

/// One number, two with a comma between, or `unlimited`.
fn limit(value: &str) -> Limit {
    match value.split_once(',') {
        _ if value == "unlimited" => Limit::UNLIMITED,
        Some((soft, hard)) => Limit { soft: parse(soft), hard: parse(hard) },
        None => parse::<u64>(value).into(),
    }
}

fn capability(name: &str) -> Capability {
    match name {
        "net_bind_service" => Capability::NetBindService,
        "setuid" => Capability::Setuid,
        _ => panic!("no capability {name}"),
    }
}

/// The number that a fixture was told.
pub fn parse<T: FromStr>(number: &str) -> T {
    number.parse().unwrap_or_else(|_| panic!("{number:?} is not a number"))
}

/// The time that a fixture was told, in seconds.
pub fn duration(seconds: &str) -> Duration {
    Duration::from_secs_f64(parse(seconds))
}

/// Starts a thread, and waits until it has its name, which it gives to itself.
fn start_thread(name: &str) {
    let (started, has_started) = mpsc::channel();
    let live = move || {
        started.send(()).expect("somebody waits");
        live_on()
    };
    thread::Builder::new().name(name.into()).spawn(live).expect("a thread");
    has_started.recv().expect("a started thread");
}

/// Waits until there is this file, and if it is a FIFO, until it is released.
pub fn wait_for(file: &Path) {
    loop {
        match fs::read(file) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            read => return drop(read.expect("a file that can be read")),
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// What a daemon does when there is nothing left to do.
pub fn live_on() -> ! {
    loop {
        thread::park();
    }
}
