//! The outcomes, by peer and probe.

use crate::outcome::{Outcome, Verdict};
use crate::peers::Candidate;
use crate::probes::Probe;

/// All outcomes of one run.
#[derive(Debug)]
pub struct Table<'a> {
    /// The rows.
    pub candidates: &'a [Candidate],
    /// The columns.
    pub probes: &'a [Probe],
    /// By row, then by column.
    pub cells: Vec<Vec<Outcome>>,
}

impl<'a> Table<'a> {
    /// Does every probe to every peer, one after the other: several at once would disturb each
    /// other's times.
    pub fn of(candidates: &'a [Candidate], probes: &'a [Probe]) -> Self {
        let row = |candidate: &Candidate| {
            let cell = |probe: &Probe| {
                let outcome = match &candidate.peer {
                    Ok(peer) => probe.of(peer),
                    Err(reason) => Outcome::unknown(format!("not installed: {reason}")),
                };
                eprintln!("{}: {}: {outcome}", candidate.name, probe.title);
                outcome
            };
            probes.iter().map(cell).collect()
        };
        Table { candidates, probes, cells: candidates.iter().map(row).collect() }
    }

    /// The cells without a result.
    pub fn unknown(&self) -> impl Iterator<Item = (&Candidate, &Probe, &Outcome)> {
        self.candidates.iter().zip(&self.cells).flat_map(|(candidate, row)| {
            let cells = self.probes.iter().zip(row);
            cells
                .filter(|(_, outcome)| outcome.verdict == Verdict::Unknown)
                .map(move |(probe, outcome)| (candidate, probe, outcome))
        })
    }

    /// The symbols alone: a row for each peer, a column for each probe, by its number.
    pub fn at_a_glance(&self) -> String {
        let numbers: Vec<String> =
            (1..=self.probes.len()).map(|number| number.to_string()).collect();
        let mut text = row("", &numbers);
        text += &rule(self.probes.len() + 1);
        for (candidate, cells) in self.candidates.iter().zip(&self.cells) {
            let symbols: Vec<String> = cells.iter().map(|it| it.verdict.to_string()).collect();
            text += &row(candidate.name, &symbols);
        }
        text
    }

    /// The outcomes of the probe of this number, from 0, for each peer.
    pub fn of_probe(&self, index: usize) -> String {
        let mut text = row("", &[String::new(), "seen".to_owned()]);
        text += &rule(3);
        for (candidate, cells) in self.candidates.iter().zip(&self.cells) {
            let cell = &cells[index];
            text += &row(candidate.name, &[cell.verdict.to_string(), escaped(&cell.text)]);
        }
        text
    }
}

/// A row of Markdown.
pub fn row(name: &str, cells: &[String]) -> String {
    format!("| {name} | {} |\n", cells.join(" | "))
}

/// The line below the head.
pub fn rule(columns: usize) -> String {
    format!("|{}\n", " --- |".repeat(columns))
}

/// As text of Markdown, in a cell.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace('<', "\\<").replace('*', "\\*")
}
