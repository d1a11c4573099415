//! The programs that are measured, and how they are built.

use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One program, ready to be started with a pidfile as its argument.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    pub(crate) path: PathBuf,
    pub(crate) role: Role,
    /// The index of the program of the same language and linking that does nothing.
    pub(crate) empty: Option<usize>,
    /// What of the C program's steps it does not do.
    pub(crate) leaves_out: &'static str,
}

/// What a program is there for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// What a process costs in this language.
    Empty,
    /// The measure.
    ByHand,
    /// What is measured.
    Ours,
    /// For comparison.
    Peer,
}

/// Builds all programs and lists them, each empty one before those it is subtracted from.
pub(crate) fn build() -> Result<Vec<Program>, Box<dyn Error>> {
    let directory = env::current_exe()?.parent().expect("a program is in a directory").to_owned();
    build_rust()?;
    let rust = |name: &str| directory.join(name);
    let c = |source: &str| build_c(source, &directory);

    Ok(vec![
        Program {
            name: "C, empty main",
            path: c("empty")?,
            role: Role::Empty,
            empty: None,
            leaves_out: "",
        },
        Program {
            name: "C, by hand",
            path: c("daemon")?,
            role: Role::ByHand,
            empty: Some(0),
            leaves_out: "",
        },
        Program {
            name: "Rust, empty main",
            path: rust("empty_main"),
            role: Role::Empty,
            empty: None,
            leaves_out: "",
        },
        Program {
            name: "#[daemon::main]",
            path: rust("ours"),
            role: Role::Ours,
            empty: Some(2),
            leaves_out: "",
        },
        Program {
            name: "daemon::Config::run",
            path: rust("ours_without_macro"),
            role: Role::Peer,
            empty: Some(2),
            leaves_out: "close inherited descriptors",
        },
        Program {
            name: "crate daemonize",
            path: rust("daemonize_crate"),
            role: Role::Peer,
            empty: Some(2),
            leaves_out: "wait for the daemon, close inherited descriptors, 0600, O_NOFOLLOW",
        },
        Program {
            name: "crate fork",
            path: rust("fork_crate"),
            role: Role::Peer,
            empty: Some(2),
            leaves_out: "wait for the daemon, close inherited descriptors, pidfile, umask",
        },
    ])
}

/// The siblings of this program, of the same profile: cargo built this one alone to run it.
fn build_rust() -> Result<(), Box<dyn Error>> {
    run(Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into())).args([
        "build",
        "--quiet",
        "--release",
        "--bins",
        "--manifest-path",
        concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
    ]))
}

/// Linked as rustc links by default (no lazy binding), so that both resolve their symbols before
/// `main` and the empty programs bear it.
fn build_c(source: &str, directory: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let program = directory.join(format!("c-{source}"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("c").join(source).with_extension("c");
    run(Command::new("cc")
        .args(["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-Wl,-z,relro,-z,now", "-o"])
        .arg(&program)
        .arg(source))?;
    Ok(program)
}

fn run(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if !status.success() {
        return Err(format!("{command:?}: {status}").into());
    }
    Ok(())
}
