//! The table of costs shows what was measured, and what could not be measured with the reason; and a start is measured
//! from the command to its return, and to the first answer.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use daemon_benches::statistics::percentile;
use daemon_comparison::cost::figures::{Builds, Figures, File, Start, Starts};
use daemon_comparison::cost::{
    Costs, Rounds, WORK_OF_A_START, cold_build, drawing, section, starts, system_calls,
};
use daemon_comparison::page;
use daemon_comparison::peers::{self, Peer, Programs, Source};
use daemon_tests::require_program;

daemon_tests::wing![self];

daemon_tests::tests![
    the_95th_percentile_is_below_a_twentieth_of_the_times,
    a_row_is_made_of_figures,
    what_was_not_measured_is_shown_with_the_reason,
    how_to_read_it_follows_from_the_figures,
    the_drawing_is_well_formed_and_names_every_peer,
    the_section_is_replaced_and_nothing_else,
    the_page_has_the_costs_of_every_peer,
    a_start_is_measured_to_the_return_and_to_the_answer,
    a_start_that_fails_is_no_figure,
    the_calls_are_those_until_the_command_has_returned,
    a_cold_build_is_timed,
];

fn the_95th_percentile_is_below_a_twentieth_of_the_times() {
    let hundred: Vec<f64> = (0..=100).rev().map(f64::from).collect();
    assert_eq!(percentile(&hundred, 95.0), 95.0);
    let thirty: Vec<f64> = (1..=30).map(f64::from).collect();
    assert_eq!(percentile(&thirty, 95.0), 29.0);
    assert_eq!(percentile(&[7.0], 95.0), 7.0);
    assert_eq!(Rounds::default(), Rounds { starts: 30, builds: 3 });
    assert_eq!(Rounds::of(1), Rounds { starts: 1, builds: 1 });
}

/// Starts that return and are ready at these times, once a ms later, and once much later.
fn starts_of(returned: f64, ready: f64) -> Starts {
    let start = |later| Start {
        returned: returned + later,
        ready: ready + later,
        memory: 1000.0 + later,
        processes: 1,
    };
    Starts([0.0, 0.0, 1.0, 900.0, 0.0].map(start).to_vec())
}

fn file(name: &str, kibibytes: u64) -> File {
    File { name: name.to_owned(), bytes: kibibytes * 1024 }
}

fn figures(name: &'static str, returned: f64, ready: f64) -> Figures {
    Figures {
        name,
        starts: Ok(starts_of(returned, ready)),
        calls: Ok(123),
        files: Ok(vec![file("server", 20)]),
        builds: Some(Ok(Builds { seconds: vec![9.0, 1.26, 1.0], bytes: 1, crates: Some(4) })),
    }
}

fn costs(rows: Vec<Figures>) -> Costs {
    let (date, machine) = ("2026-11-26".to_owned(), "a machine".to_owned());
    Costs { date, machine, rounds: Rounds::of(5), limits: (1024, 4096), rows }
}

fn a_row_is_made_of_figures() {
    let tool = Figures {
        files: Ok(vec![file("tool", 30), file("server", 20)]),
        builds: None,
        ..figures("`tool`", 1.24, 52.0)
    };
    let in_c = Figures {
        builds: Some(Ok(Builds { seconds: vec![0.11], bytes: 1, crates: None })),
        ..figures("C", 1.0, 52.0)
    };
    let text = section::section(&costs(vec![figures("crate", 60.0, 61.0), tool, in_c]));
    for row in [
        "| crate | 60.0 | 960.0 | 61.0 | 961.0 | 123 | 1000 | 1 | 20 | 1.3 | 4 |",
        "| `tool` | 1.2 | 901.2 | 52.0 | 952.0 | 123 | 1000 | 1 | 50 (`tool` 30, `server` 20) | – | – |",
        "| C | 1.0 | 901.0 | 52.0 | 952.0 | 123 | 1000 | 1 | 20 | 0.1 | – |",
    ] {
        assert!(text.contains(&format!("{row}\n")), "{row}\n{text}");
    }
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
    let columns = |line: &str| line.matches('|').count();
    assert!(lines.iter().all(|line| columns(line) == columns(lines[0])), "{text}");
    assert!(text.contains(": 5, in turn") && text.contains("2026-11-26: a machine."), "{text}");
}

fn what_was_not_measured_is_shown_with_the_reason() {
    let broken = Figures {
        starts: Err("nobody answers".to_owned()),
        builds: Some(Err("no compiler".to_owned())),
        ..figures("`broken`", 1.0, 52.0)
    };
    let costs = costs(vec![figures("crate", 60.0, 61.0), broken]);
    let text = section::section(&costs);
    assert!(text.contains("| `broken` | ? | ? | ? | ? | 123 | ? | ? | 20 | ? | ? |\n"), "{text}");
    for line in ["`broken`: starts: nobody answers.", "`broken`: build: no compiler."] {
        assert!(text.contains(&format!("\n**Not measured**: {line}\n")), "{text}");
    }
    assert_eq!(costs.missing().count(), 2);
    roxmltree::Document::parse(&drawing::draw(&costs)).expect("a drawing of the others");
}

fn how_to_read_it_follows_from_the_figures() {
    let waits = [(60.0, 61.0, "sooner"), (61.0, 60.0, "sooner"), (2.0, 53.0, "25 ms or more")];
    for (returned, ready, word) in waits {
        let text = section::section(&costs(vec![figures("it", returned, ready)]));
        let answered: Vec<&str> =
            text.lines().filter(|line| line.starts_with("Answered ")).collect();
        assert_eq!(answered.len(), 1, "{text}");
        assert!(answered[0].contains(word) && answered[0].ends_with(": it."), "{text}");
        assert!(!text.contains("More than one process"), "{text}");
    }
}

fn the_drawing_is_well_formed_and_names_every_peer() {
    let drawing =
        drawing::draw(&costs(vec![figures("`a<b>`", 60.0, 61.0), figures("c", 1.0, 52.0)]));
    let document = roxmltree::Document::parse(&drawing).expect("well-formed");
    let texts: Vec<&str> = document.descendants().filter_map(|node| node.text()).collect();
    for text in ["a<b>", "c", "60.0, 61.0", "1.0, 52.0", "since the command was started, ms"] {
        assert!(texts.contains(&text), "{text}: {texts:?}");
    }
    let finite = |node: roxmltree::Node<'_, '_>| {
        node.attributes().all(|it| !it.value().contains("NaN") && !it.value().contains("inf"))
    };
    assert!(document.descendants().all(finite), "{drawing}");
}

fn the_section_is_replaced_and_nothing_else() {
    let page = "# Page\n\n## First\n\nas it was\n\n## Costs\n\nold\n\n### Part\n\n## Last\n\nend\n";
    let new = page::with_section(page, "## Costs\n\nnew\n").expect("there is one");
    assert_eq!(new, "# Page\n\n## First\n\nas it was\n\n## Costs\n\nnew\n\n## Last\n\nend\n");
    assert_eq!(page::with_section(&new, "## Costs\n\nnew\n").as_ref(), Some(&new));
    let last = page::with_section(page, "## Last\n\nthe end\n").expect("there is one");
    assert!(last.ends_with("### Part\n\n## Last\n\nthe end\n"), "{last}");
    assert_eq!(page::with_section(page, "## None\n"), None);
}

fn the_page_has_the_costs_of_every_peer() {
    let page =
        fs::read_to_string(Path::new(page::DIRECTORY).join("comparison.md")).expect("a page");
    let (_, rest) = page.split_once(&format!("\n{}\n", section::HEADING)).expect("a section");
    let section = rest.split("\n## ").next().expect("a section");
    for entry in peers::all() {
        let row = section.lines().find(|line| line.starts_with(&format!("| {} |", entry.name)));
        let row = row.unwrap_or_else(|| panic!("no row of {}", entry.name));
        assert!(!row.contains("| ? |"), "{row}: run `cargo run --release -p daemon-comparison`");
    }
    assert!(section.contains(&format!("]({})", section::DRAWING)), "{section}");
    let drawing = fs::read_to_string(Path::new(page::DIRECTORY).join(section::DRAWING));
    let drawing = drawing.expect("a drawing");
    for entry in peers::all() {
        let name = entry.name.replace('`', "");
        assert!(drawing.contains(&format!(">{name}</text>")), "{name} is not in the drawing");
    }
}

fn a_start_is_measured_to_the_return_and_to_the_answer() {
    let (ours, other) = (peer(peers::OURS, "ours"), peer(peers::DAEMON, "other"));
    let measured = starts::measure(&[&ours, &other], 5);
    let [ours, other] = measured.try_into().expect("one for each");
    let (ours, other) = (ours.expect("ours starts"), other.expect("it starts"));
    for starts in [&ours, &other] {
        assert_eq!(starts.0.len(), 5);
        for start in &starts.0 {
            assert!(start.returned > 0.0 && start.ready >= WORK_OF_A_START, "{start:?}");
            assert!(start.memory > 0.0 && start.processes == 1, "{start:?}");
        }
    }
    // It waits until its server is ready, and the other does not. A busy machine wakes a client late.
    assert!(ours.returned().median >= WORK_OF_A_START, "{ours:?}");
    assert!(ours.ready_after_return() < 10.0, "{ours:?}");
    assert!(other.ready_after_return() > 10.0, "{other:?}");
}

fn a_start_that_fails_is_no_figure() {
    let fails = Peer { start: |_| shell("echo no port; exit 3"), ..peer(peers::DAEMON, "fails") };
    let silent = Peer { start: |_| shell("exit 0"), ..peer(peers::DAEMON, "silent") };
    let stays = Peer { start: |_| shell("exec sleep 1000"), ..peer(peers::DAEMON, "stays") };
    let measured = starts::measure(&[&fails, &silent, &stays], 1);
    let reasons: Vec<String> = measured.into_iter().map(|it| it.expect_err("no figure")).collect();
    assert_eq!(
        reasons,
        [
            "the start fails: exit status: 3, \"no port\"",
            "the command returns 0, and nobody answers",
            "the command does not return",
        ]
    );
}

fn shell(line: &str) -> Vec<OsString> {
    ["/bin/sh", "-c", line].map(OsString::from).to_vec()
}

fn the_calls_are_those_until_the_command_has_returned() {
    require_program("strace", "strace");
    let calls = system_calls::count(&peer(peers::DAEMON, "traced")).expect("it starts");
    // execve, what the dynamic linker does, fork and exit_group; but no server for ever.
    assert!((5..500).contains(&calls), "{calls}");
}

fn a_cold_build_is_timed() {
    let source = Source::C { name: "daemon", libraries: &[] };
    let missing = Source::C { name: "no-such-source", libraries: &[] };
    let measured = cold_build::measure(&[source, Source::None, missing], 2);
    let [Some(Ok(built)), None, Some(Err(_))] = &measured[..] else { panic!("{measured:?}") };
    assert!(built.seconds.len() == 2 && built.bytes > 1000 && built.crates.is_none(), "{built:?}");
}

/// This peer, with its program in this directory of cargo's for tests.
#[track_caller]
fn peer(name: &str, directory: &str) -> Peer {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("costs-{directory}"));
    fs::create_dir_all(&directory).expect("a directory");
    let ours = Path::new(env!("CARGO_BIN_EXE_compared")).to_owned();
    let programs = Programs { ours, built: directory.clone(), installed: directory };
    let entry = peers::all().find(|entry| entry.name == name).expect("such a peer");
    entry.install(&programs).peer.expect("it needs a C compiler")
}
