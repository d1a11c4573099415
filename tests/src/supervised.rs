//! The fixture `supervised`, which finds out by itself whether something supervises it, and what
//! it says of that.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{PIDFILE, Process, Sandbox, Start, program};

/// The fixture `supervised` in a sandbox.
///
/// A test starts it in some surroundings, and looks at [`process`](Self::process) once it is ready.
#[derive(Debug)]
pub struct Supervised<'a> {
    sandbox: &'a Sandbox,
    program: PathBuf,
}

/// The steps of a program that waits at the FIFO `go` before it is ready.
pub const WAITS: [&str; 2] = ["note:waits", "wait:go"];

impl<'a> Supervised<'a> {
    /// Nothing is started yet.
    #[track_caller]
    pub fn new(sandbox: &'a Sandbox) -> Self {
        Self::with_program(sandbox, program::fixture("supervised"))
    }

    /// With another program, which takes the same words.
    #[track_caller]
    pub fn with_program(sandbox: &'a Sandbox, program: impl Into<PathBuf>) -> Self {
        sandbox.fifo("go");
        Self { sandbox, program: program.into() }
    }

    /// Where the program is.
    pub fn path(&self) -> &Path {
        &self.program
    }

    /// The option that tells it to have its files in the sandbox, wherever it is started.
    pub fn here(&self) -> String {
        format!("here={}", self.sandbox.path().display())
    }

    /// A start of it by the test itself, with these steps, which the fixture's sources list.
    pub fn start(&self, words: &[&str]) -> Start<'a> {
        self.sandbox.start(&self.program).arg(self.here()).args(words)
    }

    /// Its command line with these steps, for a shell or a configuration file.
    pub fn line(&self, words: &[&str]) -> String {
        format!("{} {} {}", self.program.display(), self.here(), words.join(" "))
    }

    /// Makes `service/run`, as runit, s6 and daemontools want it: the script is this line, with
    /// the program's standard output and error in the file `log`. Gives back `service`.
    #[track_caller]
    pub fn service_directory(&self, line: &str) -> PathBuf {
        let directory = self.sandbox.directory("service", 0o755);
        let log = self.sandbox.join("log");
        let script = format!("#!/bin/sh\nexec >>{} 2>&1\n{line}\n", log.display());
        self.sandbox.script("service/run", &script);
        directory
    }

    /// Waits until it waits at `go`.
    #[track_caller]
    pub fn wait_until_it_waits(&self) {
        self.sandbox.wait_until("the program waits", || self.sandbox.join("waits").exists());
    }

    /// Waits until it is ready, and gives its one process.
    ///
    /// # Panics
    ///
    /// If it was started more than once, has more or less than one process, or decided otherwise
    /// than this: `foreground: its parent is runsv`.
    #[track_caller]
    pub fn process(&self, mode: &str) -> Process {
        let ready = self.sandbox.join("ready");
        self.sandbox.wait_until("the program is ready", || {
            // It is made first, and filled then.
            fs::read_to_string(&ready).is_ok_and(|text| !text.is_empty())
        });
        let started = self.started_once(mode);
        assert_eq!(self.sandbox.read("ready"), mode);
        let process = self.sandbox.wait_for("the program has one process", || {
            // In the background, its command may be about to end.
            let mut processes = self.processes();
            processes.pop().filter(|_| processes.is_empty())
        });
        let pid = process.number_inside();
        assert_eq!(self.sandbox.read(PIDFILE), format!("{pid}\n"));
        assert_eq!(pid == started, mode.starts_with("foreground"), "{started} became {process:?}");
        process
    }

    /// The number of the process that was started.
    ///
    /// # Panics
    ///
    /// If it was started more than once, or decided otherwise than this.
    #[track_caller]
    pub fn started_once(&self, mode: &str) -> String {
        let starts = self.sandbox.read("starts");
        let (number, said) = starts.trim_end().split_once(' ').expect("a number and a mode");
        assert_eq!(said, mode, "started once: {starts:?}");
        number.to_owned()
    }

    /// Its live processes. Of other programs' some may be ending just now.
    fn processes(&self) -> Vec<Process> {
        let mut processes = self.sandbox.processes();
        processes.retain(|process| {
            fs::read_link(format!("/proc/{}/exe", process.pid())).is_ok_and(|it| it == self.program)
        });
        processes
    }
}
