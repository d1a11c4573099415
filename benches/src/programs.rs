//! Where the programs are, and how they are built.

use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::subject::Subject;

/// One program, ready to be started with a pidfile as its argument.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) subject: Subject,
    pub(crate) path: PathBuf,
}

/// All programs that can be built here.
#[derive(Debug)]
pub(crate) struct Programs {
    all: Vec<Program>,
    has_libdaemon: bool,
}

/// Those of Rust, and the names of their files.
const RUST: [(Subject, &str); 8] = [
    (Subject::EmptyRust, "empty_main"),
    (Subject::RustByHand, "by_hand"),
    (Subject::Ours, "ours"),
    (Subject::OursAgain, "ours"),
    (Subject::WithoutMacro, "ours_without_macro"),
    (Subject::Daemonize, "daemonize_crate"),
    (Subject::Fork, "fork_crate"),
    (Subject::SleepingRust, "sleeping_main"),
];

/// Those of C: the source, the program, and what the compiler is told beyond the usual.
const C: [(Subject, &str, &str, &[&str]); 6] = [
    (Subject::EmptyC, "empty", "c-empty", &[]),
    (Subject::ByHand, "daemon", "c-daemon", &[]),
    (Subject::ByHandAgain, "daemon", "c-daemon", &[]),
    (Subject::CloseLoop, "daemon", "c-close-loop", &["-DCLOSE_LOOP"]),
    (Subject::SleepingC, "sleeping", "c-sleeping", &[]),
    // Its part that is used becomes part of the program: one shared library more would have to be
    // loaded at each start, which is not what is compared.
    (Subject::Libdaemon, "libdaemon", "c-libdaemon", &["-l:libdaemon.a"]),
];

impl Programs {
    /// Builds all that can be built here.
    pub(crate) fn build() -> Result<Self, Box<dyn Error>> {
        let directory = build_rust()?;
        let mut all: Vec<Program> = RUST
            .iter()
            .map(|&(subject, name)| Program { subject, path: directory.join(name) })
            .collect();
        let has_libdaemon = libdaemon_is_installed();
        for (subject, source, name, more) in C {
            if subject != Subject::Libdaemon || has_libdaemon {
                let path = build_c(source, &directory.join(name), more)?;
                all.push(Program { subject, path });
            }
        }
        all.sort_by_key(|program| program.subject);
        Ok(Programs { all, has_libdaemon })
    }

    /// The programs that could not be built.
    pub(crate) fn missing(&self) -> Option<String> {
        let why = "libdaemon: its header is not installed (Debian: libdaemon-dev)";
        (!self.has_libdaemon).then(|| why.to_owned())
    }

    /// Those of these subjects that there are.
    pub(crate) fn of(&self, subjects: &[Subject]) -> Vec<Program> {
        self.all.iter().filter(|it| subjects.contains(&it.subject)).cloned().collect()
    }
}

/// Builds the programs of this package and gives the directory where they are.
pub(crate) fn build_rust() -> Result<PathBuf, Box<dyn Error>> {
    run(Command::new(cargo()).args([
        "build",
        "--quiet",
        "--release",
        "--bins",
        "--manifest-path",
        concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
    ]))?;
    // Ours is in `target/debug` or `target/release`, or in a package's that uses this library.
    let program = env::current_exe()?;
    let release = program.ancestors().nth(2).map(|target| target.join("release"));
    match release.filter(|directory| directory.join("ours").exists()) {
        Some(directory) => Ok(directory),
        None => Err(format!("not found beside {}: release/ours", program.display()).into()),
    }
}

/// The cargo that runs this, if one does.
pub(crate) fn cargo() -> PathBuf {
    env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}

/// Linked as rustc links by default (no lazy binding), so that both resolve their symbols before
/// `main` and the empty programs bear it.
fn build_c(source: &str, program: &Path, more: &[&str]) -> Result<PathBuf, Box<dyn Error>> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("c").join(source).with_extension("c");
    run(Command::new("cc")
        .args(["-std=c11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror"])
        .args(["-Wl,-z,relro,-z,now", "-o"])
        .arg(program)
        .arg(source)
        .args(more))?;
    Ok(program.to_owned())
}

fn libdaemon_is_installed() -> bool {
    let header = Command::new("cc")
        .args(["-fsyntax-only", "-include", "libdaemon/dfork.h", "-x", "c", "/dev/null"])
        .output();
    header.is_ok_and(|output| output.status.success())
}

/// Runs it to its end.
pub(crate) fn run(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if !status.success() {
        return Err(format!("{command:?}: {status}").into());
    }
    Ok(())
}
