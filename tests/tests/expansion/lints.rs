//! No lint objects to the expansion: neither one of rustc's nor one of clippy's, whatever is denied.
//!
//! The programs are in `tests/lints`, one for each form of `main`. Their own code is clean.

use std::path::{Path, PathBuf};
use std::process::Command;

use daemon_tests::{ANOTHER_COMPILER, skip};

daemon_tests::tests![no_lint_objects unless ANOTHER_COMPILER];

/// Of clippy's, every group but that for manifests.
const GROUPS: [&str; 4] =
    ["clippy::all", "clippy::pedantic", "clippy::nursery", "clippy::restriction"];

/// What only a nightly compiler knows is not known.
const BEFORE: [&str; 4] = ["-A", "unknown_lints", "-D", "warnings"];

/// Nobody is to deny that group as a whole.
const AFTER: [&str; 2] = ["-A", "clippy::blanket_clippy_restriction_lints"];

fn no_lint_objects() {
    let has_clippy = Command::new("cargo").args(["clippy", "--version"]).output();
    if !has_clippy.is_ok_and(|version| version.status.success()) {
        skip!("needs clippy: has all its lints look at programs");
    }
    let mut command = Command::new("cargo");
    command
        .args(["clippy", "--locked", "--offline", "--quiet", "--no-deps", "--keep-going", "--bins"])
        .args(["--package", "daemon-tests-lints"])
        // A directory of its own, in which nothing else runs cargo.
        .env("CARGO_TARGET_DIR", target_directory())
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .arg("--")
        .args(BEFORE);
    let rustc = allowed_by_default();
    for lint in GROUPS.into_iter().chain(rustc.iter().map(String::as_str)) {
        command.args(["-D", lint]);
    }
    let output = command.args(AFTER).output().expect("cargo");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{said}", output.status);
}

/// The lints of rustc that a program has to ask for.
fn allowed_by_default() -> Vec<String> {
    let output = Command::new("rustc").args(["-W", "help"]).output().expect("rustc");
    let help = String::from_utf8(output.stdout).expect("UTF-8");
    let lints =
        help.lines().filter_map(|line| match line.split_whitespace().collect::<Vec<_>>()[..] {
            [lint, "allow", ..] => Some(lint.replace('-', "_")),
            _ => None,
        });
    let lints: Vec<String> = lints.collect();
    assert!(lints.iter().any(|lint| lint == "unused_results"), "not what it was: {help}");
    lints
}

fn target_directory() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("lints")
}
