//! The times as bars: `docs/cost-peers.svg`.

use daemon_benches::svg::{Anchor, Colour, Drawing, Linear};

use super::figures::Times;
use super::{Costs, WORK_OF_A_START};
use crate::peers::OURS;

const WIDTH: f64 = 860.0;
/// The names of the peers.
const LEFT: f64 = 200.0;
/// The figures behind the bars.
const RIGHT: f64 = 110.0;
/// The title and the legend.
const TOP: f64 = 116.0;
const ROW: f64 = 34.0;
const THICKNESS: f64 = 11.0;
/// The axis.
const BOTTOM: f64 = 56.0;

/// Two bars for each peer.
pub fn draw(costs: &Costs) -> String {
    let measured: Vec<(&str, Times, Times)> = costs
        .rows
        .iter()
        .filter_map(|row| Some((row.name, row.starts.as_ref().ok()?)))
        .map(|(name, starts)| (name, starts.returned(), starts.ready()))
        .collect();
    let below = TOP + ROW * measured.len() as f64;
    let title = "A start: until the command returns, and until the server answers";
    let mut drawing = Drawing::new(WIDTH, below + BOTTOM, title, &description(&measured));
    drawing.text((24.0, 34.0), Anchor::Start, "title", title);
    let subtitle = format!(
        "Medians, with a line to the 95th percentile; starts of each, in turn: {}.",
        costs.rounds.starts
    );
    drawing.text((24.0, 56.0), Anchor::Start, "faint", &subtitle);
    legend(&mut drawing);

    let all = measured.iter().flat_map(|(_, returned, ready)| [returned, ready]);
    let longest = all.map(|it| it.percentile_95.max(it.median)).fold(WORK_OF_A_START, f64::max);
    let axis = Linear::up_to(longest);
    for tick in axis.ticks() {
        let x = x_of(&axis, tick);
        drawing.line((x, TOP), (x, below), "rule");
        let label = format!("{tick:.0}");
        drawing.text((x, below + 18.0), Anchor::Middle, "small faint", &label);
    }
    let middle = f64::midpoint(LEFT, WIDTH - RIGHT);
    drawing.text((middle, below + 40.0), Anchor::Middle, "", "since the command was started, ms");
    for (number, (name, returned, ready)) in measured.iter().enumerate() {
        let y = TOP + ROW * number as f64 + (ROW - 2.0 * THICKNESS) / 2.0;
        let colour = colour(name);
        let class = if *name == OURS { "strong" } else { "" };
        let place = (LEFT - 12.0, y + THICKNESS + 4.5);
        drawing.text(place, Anchor::End, class, &name.replace('`', ""));
        bar(&mut drawing, &axis, y, *returned, colour.class());
        bar(&mut drawing, &axis, y + THICKNESS, *ready, &format!("{} pale", colour.class()));
        let longest = returned.percentile_95.max(ready.percentile_95);
        let value = format!("{:.1}, {:.1}", returned.median, ready.median);
        let place = (x_of(&axis, longest) + 9.0, y + THICKNESS + 4.5);
        drawing.text(place, Anchor::Start, "small over", &value);
    }
    drawing.line((LEFT, TOP), (LEFT, below), "axis");
    let x = x_of(&axis, WORK_OF_A_START);
    drawing.line((x, TOP - 2.0), (x, below), "mark");
    let mark = "the server's own start";
    drawing.text((x, TOP - 8.0), Anchor::Middle, "small", mark);
    drawing.into_svg()
}

/// For those who do not see it.
fn description(measured: &[(&str, Times, Times)]) -> String {
    let one = |(name, returned, ready): &(&str, Times, Times)| {
        format!(" {}: {:.1} and {:.1};", name.replace('`', ""), returned.median, ready.median)
    };
    let all: String = measured.iter().map(one).collect();
    format!("Milliseconds until the command returns and until the server answers, medians:{all}")
}

fn legend(drawing: &mut Drawing) {
    let y = 72.0;
    let samples =
        [("", "until the command returns", 24.0), ("pale", "until a client is answered", 230.0)];
    for (class, text, x) in samples {
        drawing.rectangle(x, y, 22.0, THICKNESS, &format!("{} {class}", Colour::Grey.class()));
        drawing.text((x + 30.0, y + 10.0), Anchor::Start, "small", text);
    }
}

fn bar(drawing: &mut Drawing, axis: &Linear, y: f64, times: Times, class: &str) {
    let end = x_of(axis, times.median);
    drawing.rectangle(LEFT, y, (end - LEFT).max(1.0), THICKNESS - 1.0, class);
    let middle = y + (THICKNESS - 1.0) / 2.0;
    drawing.line((end, middle), (x_of(axis, times.percentile_95), middle), "whisker");
}

fn colour(name: &str) -> Colour {
    if name == OURS { Colour::Blue } else { Colour::Grey }
}

fn x_of(axis: &Linear, time: f64) -> f64 {
    LEFT + axis.share(time) * (WIDTH - LEFT - RIGHT)
}
