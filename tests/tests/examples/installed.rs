//! An example as somebody has it who tries it out.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use daemon_tests::{Finished, NOBODY, Process, Sandbox, Start, is_root};

use crate::built;

/// Who tries it out.
#[derive(Clone, Copy, Debug)]
pub(crate) enum By {
    /// Somebody with nothing but a home directory.
    PlainUser,
    /// Root, with a /run and a /var/log that nobody else sees.
    Root,
}

pub(crate) struct Installed<'a> {
    pub(crate) sandbox: &'a Sandbox,
    name: &'static str,
    program: PathBuf,
    by: By,
    /// Where it may write: the user's home.
    home: PathBuf,
}

impl<'a> Installed<'a> {
    pub(crate) fn new(sandbox: &'a Sandbox, name: &'static str, by: By) -> Self {
        let program = sandbox.install(built::example(name));
        let home = match by {
            By::PlainUser if is_root() => sandbox.home_of(NOBODY, NOBODY),
            By::PlainUser => sandbox.home(),
            By::Root => {
                sandbox.directory("run", 0o755);
                sandbox.directory("var/log", 0o755);
                sandbox.home()
            }
        };
        Self { sandbox, name, program, by, home }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// In the user's home.
    pub(crate) fn start(&self) -> Start<'a> {
        self.start_another(&self.program)
    }

    /// Another program in the same surroundings.
    pub(crate) fn start_another(&self, program: impl Into<OsString>) -> Start<'a> {
        let start = self.sandbox.start(program).current_dir(&self.home);
        match self.by {
            By::PlainUser if is_root() => start.user(NOBODY, NOBODY),
            By::PlainUser => start,
            By::Root => {
                let [run, log] = ["run", "var/log"].map(|name| {
                    format!("mount --bind {} /{name}", self.sandbox.join(name).display())
                });
                start.where_mounted(&format!("{run} && {log}"))
            }
        }
    }

    /// At a terminal with these arguments, until the prompt is back.
    #[track_caller]
    pub(crate) fn run<const N: usize>(&self, arguments: [&str; N]) -> Finished {
        self.start().args(arguments).terminal().run()
    }

    /// The same for a start that succeeds: the daemon, and what it said at the terminal.
    #[track_caller]
    pub(crate) fn run_daemon<const N: usize>(&self, arguments: [&str; N]) -> (Process, String) {
        let finished = self.run(arguments).expect_code(0);
        (self.daemon(), finished.terminal)
    }

    /// A start that is refused because this process runs already.
    #[track_caller]
    pub(crate) fn expect_already_running(&self, daemon: &Process) {
        let finished = self.run(["127.0.0.1:0"]).expect_code(75);
        let seen = match self.by {
            By::PlainUser => self.pidfile(),
            By::Root => Path::new("/run").join(self.file("pid")),
        };
        let message = format!("already running: pid {} holds {}", daemon.pid(), seen.display());
        assert_eq!(finished.terminal, format!("{}: {message}\n", self.name));
        assert!(daemon.is_alive(), "the first one runs on");
    }

    /// The process whose number the pidfile in the usual place holds.
    #[track_caller]
    pub(crate) fn daemon(&self) -> Process {
        self.sandbox.process_in(self.pidfile())
    }

    /// The usual place of the pidfile, as the test sees it.
    pub(crate) fn pidfile(&self) -> PathBuf {
        self.place("run", "pid")
    }

    /// The usual place of the log, as the test sees it.
    pub(crate) fn log(&self) -> PathBuf {
        self.place("var/log", "log")
    }

    /// What is in that log.
    pub(crate) fn logged(&self) -> String {
        fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// The user's home, as the test sees it.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    fn place(&self, of_root: &str, extension: &str) -> PathBuf {
        let directory = match self.by {
            By::PlainUser => self.home.join(".local/state"),
            By::Root => self.sandbox.join(of_root),
        };
        directory.join(self.file(extension))
    }

    fn file(&self, extension: &str) -> String {
        format!("{}.{extension}", self.name)
    }
}
