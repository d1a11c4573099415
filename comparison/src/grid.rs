//! The table at a glance, as a drawing: `docs/comparison.svg`.

use daemon_benches::svg::{Anchor, Drawing};

use crate::outcome::Verdict;
use crate::table::Table;

/// The names of the probes.
const LEFT: f64 = 250.0;
/// The names of the peers.
const TOP: f64 = 150.0;
const COLUMN: f64 = 38.0;
const ROW: f64 = 25.0;
/// For the last of the slanted names.
const RIGHT: f64 = 110.0;
const BOTTOM: f64 = 52.0;

/// A row for each probe, a column for each peer, the first of which is ours.
pub fn draw(table: &Table<'_>) -> String {
    let (columns, rows) = (table.candidates.len() as f64, table.probes.len() as f64);
    let (width, height) = (LEFT + columns * COLUMN + RIGHT, TOP + rows * ROW + BOTTOM);
    let mut drawing = Drawing::new(
        width,
        height,
        "What each way to make a daemon does in the same situations",
        "The table of docs/comparison.md at a glance: a row for each situation, a column for each way.",
    );
    drawing.rectangle(LEFT, TOP - 6.0, COLUMN, rows * ROW + 12.0, "box");
    for (index, candidate) in table.candidates.iter().enumerate() {
        let class = if index == 0 { "strong" } else { "" };
        let name = candidate.name.replace('`', "");
        drawing.slanted_text((middle(index) + 2.0, TOP - 14.0), class, &name);
    }
    for (index, probe) in table.probes.iter().enumerate() {
        let line = TOP + ROW * (index as f64 + 0.5) + 5.0;
        if index > 0 {
            let above = TOP + ROW * index as f64;
            drawing.line((20.0, above), (LEFT + columns * COLUMN, above), "rule");
        }
        drawing.text((20.0, line), Anchor::Start, "", &probe.title.replace('`', ""));
        for (column, cells) in table.cells.iter().enumerate() {
            let verdict = cells[index].verdict;
            drawing.text(
                (middle(column), line),
                Anchor::Middle,
                class(verdict),
                &verdict.to_string(),
            );
        }
    }
    let legend = "✓ its rule is met   ✗ it is not   – not offered. Every cell is the outcome of a run; \
                  docs/comparison.md says of each what was done and seen.";
    drawing.text((20.0, height - 20.0), Anchor::Start, "small faint", legend);
    drawing.into_svg()
}

fn middle(column: usize) -> f64 {
    LEFT + COLUMN * (column as f64 + 0.5)
}

fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "strong green",
        Verdict::NotMet => "strong vermilion",
        Verdict::NotOffered | Verdict::Unknown => "faint",
    }
}
