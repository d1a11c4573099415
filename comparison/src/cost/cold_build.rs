//! Builds what has to be built to use a peer, with nothing built before.

use std::fs;
use std::path::Path;
use std::time::Instant;

use tempfile::TempDir;

use super::figures::{Builds, Measured, with_path};
use crate::installation::{SOURCES, build_c, build_go, cargo, run};
use crate::peers::Source;

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Builds each so often, in turn, in a new random order in each round. `None` where there is nothing
/// to build.
pub fn measure(sources: &[Source], rounds: usize) -> Vec<Option<Measured<Builds>>> {
    let (projects, mut measured): (Vec<_>, Vec<_>) = sources.iter().map(|it| prepare(*it)).unzip();
    let mut order: Vec<usize> = (0..sources.len()).collect();
    for round in 1..=rounds {
        eprintln!("cold builds: round {round} of {rounds}");
        fastrand::shuffle(&mut order);
        for &index in &order {
            if let (Some(project), Some(Ok(builds))) = (&projects[index], &mut measured[index]) {
                if let Err(reason) = project.build_into(builds) {
                    measured[index] = Some(Err(reason));
                }
            }
        }
    }
    measured
}

/// The project to build, and the place for its figures. Neither, where there is nothing to build.
fn prepare(source: Source) -> (Option<Project>, Option<Measured<Builds>>) {
    if source == Source::None {
        return (None, None);
    }
    let prepared = Project::new(source).and_then(|project| Ok((project.crates()?, project)));
    match prepared {
        Ok((crates, project)) => {
            let builds = Builds { seconds: Vec::new(), bytes: 0, crates };
            (Some(project), Some(Ok(builds)))
        }
        Err(reason) => (None, Some(Err(reason))),
    }
}

struct Project {
    source: Source,
    /// A package of cargo's, with everything fetched that its build needs.
    package: Option<TempDir>,
}

impl Project {
    fn new(source: Source) -> Measured<Self> {
        let package = match source {
            Source::Crate(name) => {
                let directory = Path::new(SOURCES).join(name);
                let manifest = read(&directory.join("Cargo.toml"))?;
                let main = directory.join("src/main.rs");
                let dependencies = without_tokio(&manifest);
                Some(package(&dependencies, &directory.join("Cargo.lock"), &main)?)
            }
            Source::Ours => {
                let dependency =
                    format!("daemon = {{ package = \"daemon-main\", path = {REPOSITORY:?} }}");
                let lock = Path::new(REPOSITORY).join("Cargo.lock");
                let main = concat!(env!("CARGO_MANIFEST_DIR"), "/src/bin/compared.rs");
                Some(package(&dependency, &lock, Path::new(main))?)
            }
            Source::C { .. } | Source::Go | Source::None => None,
        };
        Ok(Project { source, package })
    }

    /// Builds it into a new directory.
    fn build_into(&self, builds: &mut Builds) -> Measured<()> {
        let directory = temporary()?;
        let into = directory.path();
        let started = Instant::now();
        let program = match (self.source, &self.package) {
            (Source::C { name, libraries }, _) => build_c(name, libraries, into)?,
            (Source::Go, _) => build_go(into, Some(&into.join("cache")))?,
            (_, Some(package)) => {
                let mut command = cargo("build", package.path());
                run(command.args(["--release", "--offline", "--target-dir"]).arg(into))?;
                into.join("release/server")
            }
            (_, None) => return Err("there is nothing to build".to_owned()),
        };
        builds.seconds.push(started.elapsed().as_secs_f64());
        builds.bytes = with_path(&program, fs::metadata(&program))?.len();
        Ok(())
    }

    /// The crates that cargo builds for it, itself not counted.
    fn crates(&self) -> Measured<Option<usize>> {
        let Some(package) = &self.package else { return Ok(None) };
        let mut command = cargo("tree", package.path());
        command.args(["--offline", "--edges", "normal,build", "--prefix", "none"]);
        let tree = run(command.args(["--format", "{p}"]))?.stdout;
        let tree = String::from_utf8_lossy(&tree).into_owned();
        // A name and a version; behind them, whether it stands there a second time.
        let mut crates: Vec<Vec<&str>> =
            tree.lines().map(|line| line.split_whitespace().take(2).collect()).collect();
        crates.sort_unstable();
        crates.dedup();
        Ok(Some(crates.len() - 1))
    }
}

/// A package outside of all workspaces, as a user has it: this program with these dependencies, in the
/// versions of this Cargo.lock, and with the profile of the peers.
fn package(dependencies: &str, lock: &Path, main: &Path) -> Measured<TempDir> {
    let directory = temporary()?;
    let in_it = |name: &str| directory.path().join(name);
    let manifest = format!(
        r#"[package]
name = "server"
version = "0.0.0"
edition = "2024"

[dependencies]
{dependencies}

[[bin]]
name = "server"
path = {main:?}

[profile.release]
lto = "fat"
codegen-units = 1
strip = true

[workspace]
"#
    );
    with_path(&in_it("Cargo.toml"), fs::write(in_it("Cargo.toml"), manifest))?;
    with_path(lock, fs::copy(lock, in_it("Cargo.lock")))?;
    if run(cargo("fetch", directory.path()).arg("--offline")).is_err() {
        run(&mut cargo("fetch", directory.path()))?;
    }
    Ok(directory)
}

/// The dependencies of a peer's manifest, but for the one that all peers have.
fn without_tokio(manifest: &str) -> String {
    let lines = manifest.lines().skip_while(|line| *line != "[dependencies]").skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    lines.filter(|line| !line.starts_with("tokio = ")).collect::<Vec<_>>().join("\n")
}

fn temporary() -> Measured<TempDir> {
    let directory = tempfile::Builder::new().prefix("daemon-comparison-").tempdir();
    directory.map_err(|error| format!("a temporary directory: {error}"))
}

fn read(path: &Path) -> Measured<String> {
    with_path(path, fs::read_to_string(path))
}
