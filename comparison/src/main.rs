//! Installs the peers, runs all probes, and writes `docs/comparison.md`; README.md says more.
//!
//! With words as arguments, only the peers and probes whose names contain one of them are run, and the
//! outcomes are printed instead.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs};

use daemon_comparison::page;
use daemon_comparison::peers::{self, Candidate};
use daemon_comparison::probes;
use daemon_comparison::table::Table;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    if !daemon_tests::is_root() {
        return Err(
            "needs root: it installs packages, becomes other users and boots systemd in namespaces"
                .into(),
        );
    }
    let candidates = peers::all(&programs()?);
    let words: Vec<String> = env::args().skip(1).collect();
    if !words.is_empty() {
        show(&candidates, &words);
        return Ok(ExitCode::SUCCESS);
    }
    let table = Table::of(&candidates, probes::ALL);
    fs::write(page::PATH, page::page(&table, &[]))?;
    println!("written: docs/comparison.md");

    let mut complete = true;
    for candidate in &candidates {
        if let Err(reason) = &candidate.peer {
            complete = false;
            eprintln!("NOT INSTALLED: {}: {reason}", candidate.name);
        }
    }
    for (candidate, probe, outcome) in table.unknown() {
        complete = false;
        eprintln!("NO RESULT: {}: {}: {}", candidate.name, probe.title, outcome.text);
    }
    Ok(if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Where the peers' programs are built: beside this one's directory, in cargo's.
fn programs() -> Result<PathBuf, Box<dyn Error>> {
    let own = env::current_exe()?;
    let target = own.ancestors().nth(2).ok_or("this program is in no directory of cargo's")?;
    let directory = target.join("comparison");
    fs::create_dir_all(&directory)?;
    Ok(directory)
}

fn show(candidates: &[Candidate], words: &[String]) {
    let named = |name: &str| words.iter().any(|word| name.contains(word.as_str()));
    let any_peer = candidates.iter().any(|it| named(it.name));
    let any_probe = probes::ALL.iter().any(|it| named(it.title));
    for candidate in candidates.iter().filter(|it| !any_peer || named(it.name)) {
        for probe in probes::ALL.iter().filter(|it| !any_probe || named(it.title)) {
            match &candidate.peer {
                Ok(peer) => println!("{}: {}: {}", candidate.name, probe.title, probe.of(peer)),
                Err(reason) => println!("{}: not installed: {reason}", candidate.name),
            }
        }
    }
}
