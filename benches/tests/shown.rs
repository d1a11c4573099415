//! What is made of figures: verdicts, intervals, drawings, a page.

use daemon_benches::cost::{Cost, Verdict};
use daemon_benches::growth::Growth;
use daemon_benches::statistics::{Batches, Interval, median, quartiles};
use daemon_benches::subject::Subject;
use daemon_benches::wall_time::WallTime;

const BATCHES: Batches = Batches { count: 4, rounds: 5 };

/// Starts that take this long beyond an empty program, give or take a few µs.
fn wall_time(ours: f64, by_hand: f64, libdaemon: f64) -> WallTime {
    let times = |middle: f64| (0..20).map(|round| middle + f64::from(round % 5) - 2.0).collect();
    let (empty_c, empty_rust) = (400.0, 600.0);
    let measured = vec![
        (Subject::EmptyC, times(empty_c)),
        (Subject::ByHand, times(empty_c + by_hand)),
        (Subject::ByHandAgain, times(empty_c + by_hand)),
        (Subject::Libdaemon, times(empty_c + libdaemon)),
        (Subject::EmptyRust, times(empty_rust)),
        (Subject::Ours, times(empty_rust + ours)),
        (Subject::OursAgain, times(empty_rust + ours)),
    ];
    WallTime::of(2, BATCHES, measured)
}

fn cost(wall_time: WallTime) -> Cost {
    let interval = |value: f64| Interval { value, low: value * 0.9, high: value * 1.1 };
    let growth = Growth {
        sizes: vec![0, 10, 10_000],
        rounds: 9,
        series: [Subject::ByHand, Subject::Ours]
            .map(|subject| (subject, [900.0, 950.0, 3000.0].map(interval).to_vec()))
            .to_vec(),
    };
    Cost {
        wall_time: Some(wall_time),
        growth_with_descriptors: Some(growth.clone()),
        growth_with_limit: Some(growth.clone()),
        growth_with_memory: Some(growth),
        missing: vec!["something: it is not installed".to_owned()],
        ..Cost::default()
    }
}

fn verdict(cost: &Cost, what: &str) -> Verdict {
    let goal = cost.goals().into_iter().find(|goal| goal.what.starts_with(what));
    goal.unwrap_or_else(|| panic!("there is no goal {what}")).verdict
}

#[test]
fn quartiles_are_in_the_middle() {
    let values: Vec<f64> = (0..=100).rev().map(f64::from).collect();
    let found = quartiles(&values);
    assert_eq!((found.lower, found.median, found.upper), (25.0, 50.0, 75.0));
    assert_eq!(median(&[3.0]), 3.0);
}

#[test]
fn the_interval_of_what_does_not_vary_has_no_width() {
    let interval = BATCHES.bootstrap(|rounds| {
        assert_eq!(rounds.len(), 20);
        assert!(rounds.iter().all(|round| *round < 20));
        7.0
    });
    assert_eq!(interval, Interval { value: 7.0, low: 7.0, high: 7.0 });
}

/// What the rounds of a batch have in common must widen the interval: rounds drawn one by one, as if
/// each were a case of its own, would make it narrow.
#[test]
fn the_interval_knows_that_batches_differ() {
    let batches = Batches { count: 4, rounds: 100 };
    let values: Vec<f64> = (0..400).map(|round| f64::from(round / 100)).collect();
    let mean = |rounds: &[usize]| {
        rounds.iter().map(|&round| values[round]).sum::<f64>() / rounds.len() as f64
    };
    let of_batches = batches.bootstrap(mean);
    let of_rounds = Batches::one(400).bootstrap(mean);
    let width = |interval: Interval| interval.high - interval.low;
    assert!(width(of_batches) > 5.0 * width(of_rounds), "{of_batches:?} {of_rounds:?}");
}

#[test]
fn a_ratio_is_of_what_is_beyond_empty() {
    let times = wall_time(360.0, 300.0, 500.0);
    let ratio = times.ratio(Subject::Ours, Subject::ByHand).expect("both were measured");
    assert!((ratio.value - 1.2).abs() < 0.01, "{ratio:?}");
    assert!(ratio.low <= ratio.value && ratio.value <= ratio.high, "{ratio:?}");
}

#[test]
fn a_goal_is_met_or_missed() {
    let met = cost(wall_time(360.0, 300.0, 500.0));
    assert_eq!(verdict(&met, "wall time of a start"), Verdict::Met);
    assert_eq!(verdict(&met, "wall time beside libdaemon"), Verdict::Met);
    assert_eq!(verdict(&met, "A/A"), Verdict::Met);
    let missed = cost(wall_time(600.0, 300.0, 500.0));
    assert_eq!(verdict(&missed, "wall time of a start"), Verdict::Missed);
    assert_eq!(verdict(&missed, "wall time beside libdaemon"), Verdict::Missed);
}

#[test]
fn the_same_program_that_differs_from_itself_is_seen() {
    let times = |middle: f64| (0..20).map(|round| middle + f64::from(round % 5)).collect();
    let measured = vec![
        (Subject::EmptyRust, times(600.0)),
        (Subject::Ours, times(960.0)),
        (Subject::OursAgain, times(1000.0)),
    ];
    let cost = cost(WallTime::of(2, BATCHES, measured));
    assert_eq!(verdict(&cost, "A/A: #[daemon::main]"), Verdict::Missed);
}

#[test]
fn every_drawing_is_well_formed_and_says_its_unit() {
    let plots = cost(wall_time(360.0, 300.0, 500.0)).plots();
    let names: Vec<&str> = plots.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        ["cost.svg", "growth-descriptors.svg", "growth-limit.svg", "growth-memory.svg"]
    );
    for (name, drawing) in plots {
        let document = roxmltree::Document::parse(&drawing)
            .unwrap_or_else(|error| panic!("{name} is not well-formed: {error}"));
        let has_unit = |node: roxmltree::Node<'_, '_>| {
            node.text().is_some_and(|text| text.contains(", µs") || text.contains(", ms"))
        };
        assert!(document.descendants().any(has_unit), "{name} has no unit");
        let finite = |node: roxmltree::Node<'_, '_>| {
            node.attributes().all(|it| !it.value().contains("NaN") && !it.value().contains("inf"))
        };
        assert!(document.descendants().all(finite), "{name} has a place that is not a number");
    }
}

#[test]
fn the_page_has_the_goals_the_drawings_and_what_is_missing() {
    let cost = cost(wall_time(360.0, 300.0, 500.0));
    let page = cost.markdown();
    for (name, _) in cost.plots() {
        assert!(page.contains(&format!("]({name})")), "{name} is not on the page:\n{page}");
    }
    assert!(page.starts_with("## "), "{page}");
    assert!(page.contains("| 1.20 × ("), "{page}");
    assert!(page.contains("**Not measured**: something: it is not installed."), "{page}");
    // As wide as the first line says.
    let mut columns = 0;
    for line in page.lines() {
        let cells = line.matches('|').count();
        if cells > 0 && columns > 0 {
            assert_eq!(cells, columns, "{line}");
        }
        columns = cells;
    }
}
