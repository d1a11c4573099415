//! Installs and builds what the peers need. What cannot be had is a reason, not an error.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

/// The sources of the peers.
pub const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers");

/// Why something is not there.
pub type Reason = String;

/// The packages that every run needs, beside cargo.
pub const NEEDED: [&str; 6] = ["gcc", "libc6-dev", "strace", "supervisor", "systemd", "util-linux"];

/// Makes sure that this package of Debian's is installed.
pub fn debian_package(name: &str) -> Result<(), Reason> {
    if version_of(name).is_some() {
        return Ok(());
    }
    eprintln!("installing the package {name}");
    let mut command = Command::new("apt-get");
    command.args(["install", "-qy", "--no-install-recommends", name]);
    if run(command.env("DEBIAN_FRONTEND", "noninteractive")).is_ok() {
        return Ok(());
    }
    // A machine that is new has no list of packages, or an old one.
    run(Command::new("apt-get").args(["update", "-q"]))?;
    run(&mut command).map(drop)
}

/// The version of an installed package of Debian's.
pub fn version_of(package: &str) -> Option<String> {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat=${db:Status-Status} ${Version}", package]);
    let output = run(&mut query).ok()?;
    String::from_utf8_lossy(&output.stdout).strip_prefix("installed ").map(str::to_owned)
}

/// Builds a program in C, of this source and those that all share.
pub fn build_c(name: &str, libraries: &[&str], into: &Path) -> Result<PathBuf, Reason> {
    let source = Path::new(SOURCES).join("c");
    let program = into.join(name);
    let mut command = Command::new("cc");
    command
        .args(["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread", "-s", "-o"])
        .arg(&program)
        .arg(source.join(name).with_extension("c"))
        .arg(source.join("server.c"))
        .args(libraries);
    run(&mut command)?;
    Ok(program)
}

/// Builds the programs of a peer that is a crate, with the versions that its Cargo.lock pins.
pub fn build_crate(name: &str, into: &Path) -> Result<(PathBuf, PathBuf), Reason> {
    eprintln!("building the peer {name}");
    let mut command = cargo("build", &Path::new(SOURCES).join(name));
    run(command.args(["--release", "--locked", "--target-dir"]).arg(into))?;
    let program = into.join("release").join(format!("peer-{name}"));
    let tokio = into.join("release").join(format!("peer-{name}-tokio"));
    Ok((program, tokio))
}

/// This subcommand of cargo, for the package in this directory.
pub fn cargo(subcommand: &str, package: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args([subcommand, "--quiet", "--manifest-path"]).arg(package.join("Cargo.toml"));
    command
}

/// The version of a crate that a Cargo.lock pins, and how many packages there are in it beside
/// the peer itself.
pub fn pinned(peer: &str, package: &str) -> Result<String, Reason> {
    let path = Path::new(SOURCES).join(peer).join("Cargo.lock");
    let lock = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let name = format!("name = \"{package}\"");
    let version = lock.split("[[package]]").find_map(|entry| {
        let mut lines = entry.lines().skip_while(|line| *line != name);
        lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
    });
    version.map(str::to_owned).ok_or_else(|| format!("{} has no {package}", path.display()))
}

/// Copies a script to where the programs are, which a machine that is booted for a probe can see too.
pub fn script(name: &str, into: &Path) -> Result<PathBuf, Reason> {
    let source = Path::new(SOURCES).join(name);
    let copy = into.join(source.file_name().expect("a script has a name"));
    fs::copy(&source, &copy).map_err(|error| format!("{}: {error}", source.display()))?;
    Ok(copy)
}

/// Builds the peer in Go, with the library of Debian's package; with this directory for what was
/// built before, or with that of the user.
pub fn build_go(into: &Path, cache: Option<&Path>) -> Result<PathBuf, Reason> {
    let program = into.join("with_go_daemon");
    let mut command = Command::new("go");
    command
        .args(["build", "-ldflags=-s -w", "-o"])
        .arg(&program)
        .arg("main.go")
        .current_dir(Path::new(SOURCES).join("go"))
        .envs([("GO111MODULE", "off"), ("GOPATH", "/usr/share/gocode")])
        .envs(cache.map(|directory| ("GOCACHE", directory)));
    run(&mut command)?;
    Ok(program)
}

/// The programs of this package itself, of the same profile: cargo built one alone to run it.
pub fn build_ours() -> Result<PathBuf, Reason> {
    let mut command = cargo("build", Path::new(env!("CARGO_MANIFEST_DIR")));
    command.arg("--bins");
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    run(&mut command)?;
    let own = env::current_exe().map_err(|error| error.to_string())?;
    Ok(own.with_file_name("compared"))
}

/// Runs a command to its end; its last words are the reason of a failure.
pub fn run(command: &mut Command) -> Result<Output, Reason> {
    let name = command.get_program().to_owned();
    let output = command.output().map_err(|error| says(&name, &error.to_string()))?;
    if output.status.success() {
        return Ok(output);
    }
    let error = String::from_utf8_lossy(&output.stderr);
    let last = error.lines().rev().find(|line| !line.trim().is_empty());
    Err(says(&name, last.unwrap_or(&output.status.to_string())))
}

fn says(program: &OsStr, what: &str) -> Reason {
    format!("{}: {what}", Path::new(program).display())
}
