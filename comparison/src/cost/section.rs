//! The figures as a section of the page.

use daemon_benches::statistics::median;

use super::figures::{Builds, Figures, File, Measured, Starts};
use super::{Costs, Rounds, WORK_OF_A_START, starts, system_calls};
use crate::page::Section;
use crate::table::row;

/// Its heading.
pub const HEADING: &str = "## What each of them costs";

/// The drawing that it shows, beside the page.
pub const DRAWING: &str = "cost-peers.svg";

/// The columns behind the peer's name, each with its unit.
const COLUMNS: [&str; 10] = [
    "return, median, ms",
    "return, 95 %, ms",
    "ready, median, ms",
    "ready, 95 %, ms",
    "system calls",
    "memory, KiB",
    "processes",
    "program, KiB",
    "cold build, s",
    "crates",
];

/// Where a figure could not be measured.
const UNKNOWN: &str = "?";
/// Where there is nothing to measure.
const NOTHING: &str = "–";

/// A command is said not to wait for the start if its server answers later by this, in ms.
const NOT_WAITED_FOR: f64 = WORK_OF_A_START / 2.0;

/// The whole section.
pub fn section(costs: &Costs) -> Section {
    let mut text = format!(
        "{HEADING}\n\n![The times of the table below as bars: until the command of each peer returns, \
         and until its server answers]({DRAWING})\n\n"
    );
    text += &how(costs);
    text += &row("", &COLUMNS.map(str::to_owned));
    text += &format!("| --- |{}\n", " ---: |".repeat(COLUMNS.len()));
    for figures in &costs.rows {
        text += &row(figures.name, &cells(figures));
    }
    text += &how_to_read(costs);
    for (peer, what, reason) in costs.missing() {
        text += &format!("\n**Not measured**: {peer}: {what}: {reason}.\n");
    }
    text
}

/// How the figures were taken.
fn how(costs: &Costs) -> String {
    let Costs { date, machine, rounds: Rounds { starts, builds }, limits: (soft, hard), .. } =
        costs;
    let question = starts::BETWEEN_QUESTIONS.as_micros();
    let runs = system_calls::RUNS;
    format!(
        "\
Run on {date}: {machine}. Starts of each peer: {starts}, in turn with the others, in a new random order in each round;
one more, the first, does not count. `cargo run --release -p daemon-comparison costs` measures this table alone.

- **return**: from just before the command is started to its end. **ready**: from the same moment until a client is
  answered, which asks every {question} µs. The server's own start takes {WORK_OF_A_START} ms on purpose. Each as the median
  and the 95th percentile.
- **system calls**: those of all processes until the command has returned, counted with strace(1) in starts of their
  own; the median of {runs}.
- **memory**: the proportional set size (PSS) of all processes that stay, a supervising one included, after one client
  has been answered; **processes**: how many they are. Medians.
- **program**: the size of the file, stripped; where it takes several files to start the server, their sum, and each.
  Programs in Rust have fat LTO and one codegen unit. Shared libraries are not counted.
- **cold build**: with everything fetched and nothing built: `cargo build --release` of a package with the peer and the
  server in it, `cc`, or `go build` with an empty cache; the median of {builds}. **crates**: those that cargo builds for
  it. {NOTHING} what is a package of Debian's, or is interpreted.

The soft limit of open files is {soft}, the hard one {hard}; some peers close every number below one of them.

"
    )
}

/// How to read the table: sentences made from its figures alone.
fn how_to_read(costs: &Costs) -> String {
    let (mut later, mut at_once, mut several) = (Vec::new(), Vec::new(), Vec::new());
    for figures in &costs.rows {
        let Ok(starts) = &figures.starts else { continue };
        let not_waited_for = starts.ready_after_return() >= NOT_WAITED_FOR;
        if not_waited_for { &mut later } else { &mut at_once }.push(figures.name.to_owned());
        if starts.processes() > 1 {
            several.push(format!("{} ({})", figures.name, starts.processes()));
        }
    }
    let mut text = "
Whoever starts a server in order to use it has to wait for *ready*, whichever peer it is. At *return* the command says how
the start went, which it can know only if it has waited.
"
    .to_owned();
    let more = |text: &mut String, what: &str, names: &[String]| {
        if !names.is_empty() {
            *text += &format!("\n{what}: {}.\n", names.join(", "));
        }
    };
    let what = format!(
        "Answered {NOT_WAITED_FOR} ms or more after the return, in the median, so that the command does not wait for it"
    );
    more(&mut text, &what, &later);
    more(&mut text, "Answered sooner after the return, or before it", &at_once);
    more(&mut text, "More than one process stays", &several);
    text
}

fn cells(figures: &Figures) -> [String; COLUMNS.len()] {
    let of_starts = |cell: fn(&Starts) -> String| shown(&figures.starts, cell);
    let of_builds = |cell: fn(&Builds) -> String| match &figures.builds {
        Some(builds) => shown(builds, cell),
        None => NOTHING.to_owned(),
    };
    [
        of_starts(|it| milliseconds(it.returned().median)),
        of_starts(|it| milliseconds(it.returned().percentile_95)),
        of_starts(|it| milliseconds(it.ready().median)),
        of_starts(|it| milliseconds(it.ready().percentile_95)),
        shown(&figures.calls, usize::to_string),
        of_starts(|it| format!("{:.0}", it.memory())),
        of_starts(|it| it.processes().to_string()),
        shown(&figures.files, |files| sizes(files)),
        of_builds(|it| format!("{:.1}", median(&it.seconds))),
        of_builds(|it| it.crates.map_or_else(|| NOTHING.to_owned(), |crates| crates.to_string())),
    ]
}

fn shown<T>(figure: &Measured<T>, cell: impl Fn(&T) -> String) -> String {
    figure.as_ref().map_or_else(|_| UNKNOWN.to_owned(), cell)
}

fn milliseconds(time: f64) -> String {
    format!("{time:.1}")
}

/// The sum, and the parts if there are several.
fn sizes(files: &[File]) -> String {
    let kibibytes = |bytes: u64| format!("{:.0}", bytes as f64 / 1024.0);
    let sum = kibibytes(files.iter().map(|file| file.bytes).sum());
    match files {
        [_] => sum,
        several => {
            let parts: Vec<String> = several
                .iter()
                .map(|file| format!("`{}` {}", file.name, kibibytes(file.bytes)))
                .collect();
            format!("{sum} ({})", parts.join(", "))
        }
    }
}
