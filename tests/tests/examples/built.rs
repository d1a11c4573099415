//! Where cargo puts the examples.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    time::SystemTime,
};

/// The path of an example, built from the sources as they are now.
///
/// `cargo test` of the workspace builds the examples before it runs us. `cargo test -p
/// daemon-tests` does not, and leaves old ones where they are: then this builds them.
pub(crate) fn example(name: &str) -> PathBuf {
    static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
    DIRECTORY.get_or_init(built_examples).join(name)
}

fn built_examples() -> PathBuf {
    // This program is target/debug/deps/examples-0123456789abcdef.
    let own = env::current_exe().expect("the path of this program");
    let profile = own.ancestors().nth(2).expect("this program in target/PROFILE/deps");
    let directory = profile.join("examples");
    let stale = stale_in(&directory);
    if !stale.is_empty() {
        eprintln!("building the examples: {stale:?} are missing or old");
        build(profile);
        let stale = stale_in(&directory);
        assert!(stale.is_empty(), "no {stale:?} in {}: run `cargo test`", directory.display());
    }
    directory
}

/// The names of the examples that are missing or older than what they are made of.
fn stale_in(directory: &Path) -> Vec<String> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let sources = fs::read_dir(sources).expect("the directory of the examples");
    sources
        .map(|source| source.expect("an example").path())
        .filter(|source| source.extension().is_some_and(|extension| extension == "rs"))
        .map(|source| source.file_stem().expect("a name").to_string_lossy().into_owned())
        .filter(|name| is_stale(&directory.join(name)) != Some(false))
        .collect()
}

/// As cargo tells in the file beside it, in the form of a makefile: `program: source source`.
fn is_stale(program: &Path) -> Option<bool> {
    let built = modified(program)?;
    let rule = fs::read_to_string(program.with_extension("d")).ok()?;
    let (_, sources) = rule.split_once(": ")?;
    let newest = sources.split_whitespace().map(|source| modified(Path::new(source))).max()?;
    Some(newest? > built)
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

/// With all packages that `cargo test` has, so that what they share is built alike.
fn build(profile: &Path) {
    let target = profile.parent().expect("a target directory");
    let profile = match profile.file_name().expect("a profile").to_str() {
        Some("debug") | None => "dev",
        Some(other) => other,
    };
    let status = Command::new(env!("CARGO"))
        .args(["build", "--examples", "--profile", profile, "--target-dir"])
        .arg(target)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .status()
        .expect("cargo");
    assert!(status.success(), "cargo build --examples: {status}");
}
