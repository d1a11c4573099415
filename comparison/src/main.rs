//! Installs the peers, runs all probes, and writes `docs/comparison.md`; README.md says more.
//!
//! With words as arguments, only the peers and probes whose names contain one of them are run, and the
//! outcomes are printed instead. With `costs` it measures what each peer costs, and nothing else.

mod arguments;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io, process};

use arguments::Arguments;
use daemon_benches::cost::{Cost, Selection};
use daemon_comparison::cost::{Costs, drawing, section};
use daemon_comparison::peers::{self, Candidate, Programs};
use daemon_comparison::table::Table;
use daemon_comparison::{grid, installation, page, probes, where_others_win};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::parse(env::args().skip(1))?;
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
    if arguments.costs {
        return costs_alone(&programs, &arguments);
    }
    if !arguments.words.is_empty() {
        show(&programs, &arguments);
        return Ok(ExitCode::SUCCESS);
    }
    let candidates: Vec<Candidate> = peers::all().map(|entry| entry.install(&programs)).collect();
    let table = Table::of(&candidates, probes::ALL);
    let costs = Costs::measure(&candidates, arguments.rounds)?;
    let cost = Cost::measure(&Selection::all())?;
    let sections = [section::section(&costs), cost.markdown(), where_others_win::section(&table)];
    write("comparison.md", &page::page(&table, &sections))?;
    write("comparison.svg", &grid::draw(&table))?;
    write(section::DRAWING, &drawing::draw(&costs))?;
    for (name, drawing) in cost.plots() {
        write(name, &drawing)?;
    }
    let complete = [is_complete(&table), has_all_figures(&costs)];
    Ok(if complete == [true; 2] { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Measures what the peers cost. Of all peers, it is put into the page as it is; of some, it is shown.
fn costs_alone(programs: &Programs, arguments: &Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let all = arguments.words.is_empty();
    let candidates: Vec<Candidate> = peers::all()
        .filter(|entry| all || arguments.name(entry.name))
        .map(|entry| entry.install(programs))
        .collect();
    let costs = Costs::measure(&candidates, arguments.rounds)?;
    let section = section::section(&costs);
    print!("{section}");
    if all {
        let page = fs::read_to_string(Path::new(page::DIRECTORY).join("comparison.md"))?;
        let page = page::with_section(&page, &section).ok_or("the page has no such section yet")?;
        write("comparison.md", &page)?;
        write(section::DRAWING, &drawing::draw(&costs))?;
    }
    Ok(if has_all_figures(&costs) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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

/// Whether everything could be measured; says of each figure that could not why.
fn has_all_figures(costs: &Costs) -> bool {
    let mut complete = true;
    for (peer, what, reason) in costs.missing() {
        complete = false;
        eprintln!("NOT MEASURED: {peer}: {what}: {reason}");
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

fn show(programs: &Programs, arguments: &Arguments) {
    let named = |name: &str| arguments.name(name);
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
