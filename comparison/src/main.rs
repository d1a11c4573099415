//! Installs the peers, runs all probes, and writes `docs/comparison.md`; README.md says more.
//!
//! With words as arguments, only the peers and probes whose names contain one of them are run, and the
//! outcomes are printed instead.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io, process};

use daemon_benches::cost::{Cost, Selection};
use daemon_comparison::peers::{self, Candidate, Programs};
use daemon_comparison::table::Table;
use daemon_comparison::{grid, installation, page, probes, where_others_win};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    if !daemon_tests::is_root() {
        return Err(
            "needs root: it installs packages, becomes other users and boots systemd in namespaces"
                .into(),
        );
    }
    for package in installation::NEEDED {
        installation::debian_package(package)?;
    }
    let installed = Installed::create()?;
    let programs = Programs {
        ours: installation::build_ours()?,
        built: built()?,
        installed: installed.0.clone(),
    };
    let words: Vec<String> = env::args().skip(1).collect();
    if !words.is_empty() {
        show(&programs, &words);
        return Ok(ExitCode::SUCCESS);
    }
    let candidates: Vec<Candidate> = peers::all().map(|entry| entry.install(&programs)).collect();
    let table = Table::of(&candidates, probes::ALL);
    let cost = Cost::measure(&Selection::all())?;
    let sections = [cost.markdown(), where_others_win::section(&table)];
    write("comparison.md", &page::page(&table, &sections))?;
    write("comparison.svg", &grid::draw(&table))?;
    for (name, drawing) in cost.plots() {
        write(name, &drawing)?;
    }
    Ok(if is_complete(&table) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn write(name: &str, content: &str) -> Result<(), Box<dyn Error>> {
    fs::write(Path::new(page::DIRECTORY).join(name), content)?;
    println!("written: docs/{name}");
    Ok(())
}

/// Whether each cell is the outcome of a run; says of each other one why it is not.
fn is_complete(table: &Table<'_>) -> bool {
    let mut complete = true;
    for candidate in table.candidates {
        if let Err(reason) = &candidate.peer {
            complete = false;
            eprintln!("NOT INSTALLED: {}: {reason}", candidate.name);
        }
    }
    for (candidate, probe, outcome) in table.unknown() {
        complete = false;
        eprintln!("NO RESULT: {}: {}: {}", candidate.name, probe.title, outcome.text);
    }
    complete
}

/// Where the peers' programs are built: beside this one's directory, in cargo's.
fn built() -> Result<PathBuf, Box<dyn Error>> {
    let own = env::current_exe()?;
    let target = own.ancestors().nth(2).ok_or("this program is in no directory of cargo's")?;
    let directory = target.join("comparison");
    fs::create_dir_all(&directory)?;
    Ok(directory)
}

fn show(programs: &Programs, words: &[String]) {
    let named = |name: &str| words.iter().any(|word| name.contains(word.as_str()));
    let any_peer = peers::all().any(|it| named(it.name));
    let any_probe = probes::ALL.iter().any(|it| named(it.title));
    for entry in peers::all().filter(|it| !any_peer || named(it.name)) {
        match entry.install(programs).peer {
            Ok(peer) => {
                for probe in probes::ALL.iter().filter(|it| !any_probe || named(it.title)) {
                    println!("{}: {}: {}", peer.name, probe.title, probe.of(&peer));
                }
            }
            Err(reason) => println!("{}: not installed: {reason}", entry.name),
        }
    }
}

/// A directory below which none but root can write.
struct Installed(PathBuf);

impl Installed {
    fn create() -> io::Result<Self> {
        let path = PathBuf::from(format!("/usr/local/lib/daemon-comparison-{}", process::id()));
        fs::create_dir_all(&path)?;
        Ok(Installed(path))
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}
