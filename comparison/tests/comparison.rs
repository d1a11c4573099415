//! The page shows what runs show: every probe is done to the library and to the two peers that need nothing
//! but a C compiler, and what is seen is what `docs/comparison.md` says.

use std::fs;
use std::path::{Path, PathBuf};

use daemon_comparison::outcome::{Outcome, Verdict};
use daemon_comparison::peers::{self, Candidate, Programs};
use daemon_comparison::probes::{ALL, Probe};
use daemon_comparison::table::{Table, row};
use daemon_comparison::{page, where_others_win};
use daemon_tests::{is_root, skip};

daemon_tests::wing![self];

daemon_tests::tests![
    the_page_shows_what_the_library_does,
    the_page_shows_what_two_forks_do,
    the_page_shows_what_daemon_3_does,
    the_page_has_every_peer_and_every_probe,
    every_rule_is_met_by_one_and_not_by_another,
    a_peer_that_is_not_there_is_shown_with_the_reason,
    a_probe_that_comes_to_nothing_is_shown_with_the_reason,
    where_others_are_ahead_is_said,
];

fn the_page_shows_what_the_library_does() {
    page_shows(peers::OURS, 1);
}

// A client may be late on a busy machine, and find a server that was not ready in time.

fn the_page_shows_what_two_forks_do() {
    page_shows(peers::DOUBLE_FORK, 3);
}

fn the_page_shows_what_daemon_3_does() {
    page_shows(peers::DAEMON, 3);
}

/// Each probe shows in one of so many tries what the page shows.
#[track_caller]
fn page_shows(name: &str, tries: usize) {
    if !is_root() {
        skip!("needs root: becomes other users and boots systemd in namespaces");
    }
    let directory = format!("peers-{}", name.replace(|it: char| !it.is_ascii_alphanumeric(), "-"));
    let peer = candidate(name, &directory).peer.expect("it needs a C compiler");
    let mut missing = Vec::new();
    for (index, probe) in ALL.iter().enumerate() {
        let cells = cells_of(index);
        let mut seen = Outcome::unknown("not run");
        let is_shown = (0..tries).any(|_| {
            seen = probe.of(&peer);
            cells.contains(&cell(name, &seen))
        });
        if seen.verdict == Verdict::Unknown {
            missing.push(format!("{}: {}", probe.title, seen.text));
        } else {
            assert!(is_shown, "{}: {seen}\nThe page:\n{cells}", probe.title);
        }
    }
    if !missing.is_empty() {
        skip!("{}", missing.join("; "));
    }
}

fn the_page_has_every_peer_and_every_probe() {
    let page = page_as_it_is();
    let glance = page.split("\n### ").next().expect("a page");
    for entry in peers::all() {
        let line =
            glance.lines().rev().find(|line| line.starts_with(&format!("| {} |", entry.name)));
        let line = line.unwrap_or_else(|| panic!("no row of {}", entry.name));
        let symbols = line.matches(|it| "✓✗–".contains(it)).count();
        assert_eq!(symbols, ALL.len(), "{line}: run `cargo run --release -p daemon-comparison`");
        for (index, probe) in ALL.iter().enumerate() {
            let cells = cells_of(index);
            assert!(
                cells.contains(&format!("| {} |", entry.name)),
                "{}: {}",
                probe.title,
                entry.name
            );
        }
    }
    assert!(!page.contains("not installed"), "a comparison that is not whole was committed");
}

/// A probe that says the same of all peers shows nothing.
fn every_rule_is_met_by_one_and_not_by_another() {
    for (index, probe) in ALL.iter().enumerate() {
        let cells = cells_of(index);
        for symbol in ["| ✓ |", "| ✗ |"] {
            assert!(cells.contains(symbol), "{}: no {symbol}", probe.title);
        }
    }
}

fn a_peer_that_is_not_there_is_shown_with_the_reason() {
    let candidates = [Candidate { name: "`absent`", peer: Err("no such package".to_owned()) }];
    let table = Table::of(&candidates, ALL);
    assert_eq!(table.unknown().count(), ALL.len());
    let page = page::page(&table, &["## Another section\n".to_owned()]);
    assert!(page.contains("| `absent` | **not installed**: no such package |"), "{page}");
    assert!(page.ends_with("\n## Another section\n"), "{page}");
}

fn a_probe_that_comes_to_nothing_is_shown_with_the_reason() {
    let probe = Probe { title: "t", done: "d", rule: "r", run: |_| panic!("it hangs\nfor good") };
    let peer = candidate(peers::DAEMON, "peers-of-none").peer.expect("it needs a C compiler");
    assert_eq!(probe.of(&peer), Outcome::unknown("it hangs"));
    let probe = Probe { run: |_| Err(Outcome::not_offered("no log")), ..probe };
    assert_eq!(probe.of(&peer), Outcome::not_offered("no log"));
}

fn where_others_are_ahead_is_said() {
    let names = [peers::OURS, peers::DAEMON];
    let candidates = names.map(|name| Candidate { name, peer: Err(String::new()) });
    let cells = vec![
        vec![Outcome::of(false, ""), Outcome::of(true, "")],
        vec![Outcome::of(true, ""), Outcome::of(true, "")],
    ];
    let table = Table { candidates: &candidates, probes: &ALL[..2], cells };
    let section = where_others_win::section(&table);
    let line = format!("- 1. **{}**: {}.\n", ALL[0].title, peers::DAEMON);
    assert!(section.contains(&line) && !section.contains("- 2."), "{section}");
}

/// This peer, with its program in this directory of cargo's for tests.
#[track_caller]
fn candidate(name: &str, directory: &str) -> Candidate {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(directory);
    fs::create_dir_all(&directory).expect("a directory");
    let ours = Path::new(env!("CARGO_BIN_EXE_compared")).to_owned();
    let programs = Programs { ours, built: directory.clone(), installed: directory };
    peers::all().find(|entry| entry.name == name).expect("such a peer").install(&programs)
}

fn page_as_it_is() -> String {
    fs::read_to_string(Path::new(page::DIRECTORY).join("comparison.md"))
        .expect("docs/comparison.md")
}

/// The section of the probe of this index.
#[track_caller]
fn cells_of(index: usize) -> String {
    let page = page_as_it_is();
    let head = format!("\n### {}. ", index + 1);
    let (_, section) = page.split_once(&head).unwrap_or_else(|| panic!("no section {head}"));
    section.split("\n#").next().expect("a section").to_owned()
}

fn cell(name: &str, outcome: &Outcome) -> String {
    row(name, &[outcome.verdict.to_string(), outcome.text.clone()])
}
