//! Crates outside of this workspace, as a user has them.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::programs::{cargo, run};

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The three crates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A `main` that does nothing, without dependencies.
    Empty,
    /// The example `hello` of this library.
    Ours,
    /// The same with the crate `daemonize`.
    Daemonize,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 3] = [Kind::Empty, Kind::Ours, Kind::Daemonize];

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Empty => "empty main",
            Kind::Ours => "#[daemon::main]",
            Kind::Daemonize => "crate daemonize",
        }
    }

    fn source(self) -> PathBuf {
        Path::new(REPOSITORY).join(match self {
            Kind::Empty => "benches/throwaway/empty.rs",
            Kind::Ours => "examples/hello.rs",
            Kind::Daemonize => "benches/throwaway/daemonize.rs",
        })
    }

    fn dependency(self) -> String {
        match self {
            Kind::Empty => String::new(),
            Kind::Ours => format!("daemon-main = {{ path = {REPOSITORY:?} }}"),
            Kind::Daemonize => "daemonize = \"0.5.0\"".to_owned(),
        }
    }
}

/// A crate in a directory of its own, which goes with it.
#[derive(Debug)]
pub(crate) struct Throwaway {
    pub(crate) kind: Kind,
    directory: TempDir,
}

impl Throwaway {
    /// Everything that its build needs is fetched, in the versions of this workspace.
    pub(crate) fn new(kind: Kind) -> Result<Self, Box<dyn Error>> {
        let directory = tempfile::Builder::new().prefix("daemon-benches-").tempdir()?;
        let at = |name: &str| directory.path().join(name);
        fs::write(at("Cargo.toml"), manifest(kind))?;
        fs::copy(Path::new(REPOSITORY).join("Cargo.lock"), at("Cargo.lock"))?;
        fs::create_dir(at("src"))?;
        fs::copy(kind.source(), at("src/main.rs"))?;
        let throwaway = Throwaway { kind, directory };
        let mut offline = throwaway.cargo("fetch");
        if !offline.arg("--offline").stderr(Stdio::null()).status()?.success() {
            run(&mut throwaway.cargo("fetch"))?;
        }
        Ok(throwaway)
    }

    /// Builds it, with these options.
    pub(crate) fn build(&self, options: &[&str]) -> Result<(), Box<dyn Error>> {
        run(self
            .cargo("build")
            .arg("--offline")
            .args(options)
            .arg("--target-dir")
            .arg(self.target()))
    }

    /// Where the build puts everything.
    pub(crate) fn target(&self) -> PathBuf {
        self.directory.path().join("target")
    }

    fn cargo(&self, command: &str) -> Command {
        let mut cargo = Command::new(cargo());
        cargo.args([command, "--quiet", "--manifest-path"]);
        cargo.arg(self.directory.path().join("Cargo.toml"));
        cargo
    }
}

/// The profile is the smallest that leaves panics as they are.
fn manifest(kind: Kind) -> String {
    let dependency = kind.dependency();
    format!(
        r#"[package]
name = "hello"
version = "0.0.0"
edition = "2024"

[dependencies]
{dependency}

[profile.release]
strip = true
lto = "fat"
codegen-units = 1

[workspace]
"#
    )
}
