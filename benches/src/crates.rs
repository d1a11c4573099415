//! The crates that cargo builds for a daemon.

use std::collections::BTreeSet;
use std::error::Error;
use std::process::Command;

use crate::programs::cargo;

/// The crates in the tree of a package, itself and those that only the build needs included.
#[derive(Clone, Debug)]
pub struct Crates {
    /// Of this library.
    pub ours: Vec<String>,
    /// Of the crate `daemonize`.
    pub daemonize: Vec<String>,
}

impl Crates {
    pub(crate) fn count() -> Result<Self, Box<dyn Error>> {
        Ok(Crates { ours: tree_of("daemon-main")?, daemonize: tree_of("daemonize")? })
    }
}

fn tree_of(package: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let output = Command::new(cargo())
        .args(["tree", "--package", package, "--edges", "normal,build"])
        .args(["--prefix", "none", "--format", "{p}", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let names: BTreeSet<String> = String::from_utf8(output.stdout)?
        .lines()
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect();
    Ok(names.into_iter().collect())
}
