//! What a daemon that uses the library has cargo build.

use std::collections::BTreeSet;
use std::env;
use std::error::Error;
use std::process::Command;

/// The crates in the tree of the library, itself and those that only the build needs included.
pub(crate) fn of_the_library() -> Result<Vec<String>, Box<dyn Error>> {
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["tree", "--package", "daemon-main", "--edges", "normal,build"])
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
