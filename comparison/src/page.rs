//! The page, `docs/comparison.md`.

use crate::machine;
use crate::probes::Probe;
use crate::table::{Table, row, rule};

/// Where it is, as `comparison.md`, with the drawings that it shows.
pub const DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs");

const HEAD: &str = "\
# Comparison

What this library and other ways to make a daemon do in the same situations. Every cell is the outcome of a run; none
was typed in. The page is written by one command, which anybody can run as root on a Debian machine with cargo. It
installs and builds what it compares, from Debian's packages and crates:

```console
# cargo run --release -p daemon-comparison
```

";

const PROGRAMS: &str = "\
Each program is the same small server, in its peer's language: a start of 50 ms in a thread, then a port of the loopback
address. That is why the port is opened after the forks: threads do not survive them. Beyond that each program
has what its peer's documentation shows, in the best configuration for what is looked at here, and nothing of its own:
what a peer leaves to the program, such as signals or the reload of a configuration, is not done unless the peer has a
place for it. The tools that put any program into the background are given one that says `READY=1` or `ERRNO=`, as in
sd_notify(3). A program that needs no threads for its start may open its port before it becomes a daemon, which is not
looked at here. In the repository the programs are in `comparison/peers` and `comparison/src/bin`, the probes in
`comparison/src/probes`.

";

/// A section that another part of the comparison writes: its heading and all below.
pub type Section = String;

/// The whole page. The sections come behind the tables of behaviour.
pub fn page(table: &Table<'_>, sections: &[Section]) -> String {
    let mut text = HEAD.to_owned();
    text += &format!("Run on {}: {}.\n\n{PROGRAMS}", machine::date(), machine::description());
    text += &peers(table);
    text += &behaviour(table);
    for section in sections {
        text += "\n";
        text += section;
    }
    text
}

/// The page with this section instead of the one that has the same heading, if it has one.
pub fn with_section(page: &str, section: &str) -> Option<String> {
    let heading = section.lines().next()?;
    let (before, rest) = page.split_once(&format!("\n{heading}\n"))?;
    let behind = rest.find("\n## ").map_or("", |at| &rest[at..]);
    Some(format!("{before}\n{section}{behind}"))
}

fn peers(table: &Table<'_>) -> String {
    let mut text = "## Peers\n\n".to_owned();
    text += &row("", &["version".to_owned(), "its program is written after".to_owned()]);
    text += &rule(3);
    for candidate in table.candidates {
        let cells = match &candidate.peer {
            Ok(peer) => [peer.version.clone(), peer.after.to_owned()],
            Err(reason) => [format!("**not installed**: {reason}"), String::new()],
        };
        text += &row(candidate.name, &cells);
    }
    text + "\n"
}

fn behaviour(table: &Table<'_>) -> String {
    let mut text = "## Behaviour\n\n".to_owned();
    text += "![The table below as a drawing: a row for each situation, a column for each way to make a daemon](comparison.svg)\n\n";
    text += &table.at_a_glance();
    text += "\n✓ the rule of that probe, below, is met; ✗ it is not; – the peer does not offer what the probe is \
             about; ? the run came to no result. Each number leads to what was done and seen:\n\n";
    text += &links(table);
    for (index, probe) in table.probes.iter().enumerate() {
        let number = index + 1;
        text += &format!("\n### {number}. {}\n\n{}\n\n", heading(probe.title), probe.done);
        text += &table.of_probe(index);
        text += &format!("\n✓: {}.\n", probe.rule);
    }
    text
}

/// To each probe, by its number.
fn links(table: &Table<'_>) -> String {
    let link = |(index, probe): (usize, &Probe)| {
        let anchor: String = probe
            .title
            .chars()
            .filter(|letter| letter.is_alphanumeric() || " -".contains(*letter))
            .map(|letter| if letter == ' ' { '-' } else { letter.to_ascii_lowercase() })
            .collect();
        format!("{0} [{1}](#{0}-{anchor})", index + 1, probe.title)
    };
    let links: Vec<String> = table.probes.iter().enumerate().map(link).collect();
    links.join(",\n") + ".\n"
}

fn heading(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
