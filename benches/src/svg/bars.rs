//! Horizontal bars with intervals.

use super::scale::{Linear, label};
use super::{Anchor, Colour, Drawing};
use crate::statistics::Interval;

/// A drawing of bars.
#[derive(Clone, Debug)]
pub struct Bars {
    /// Above everything.
    pub title: String,
    /// Below the title: one line each.
    pub subtitle: Vec<String>,
    /// What the axis shows, with its unit.
    pub axis: String,
    /// One below the other.
    pub groups: Vec<Group>,
}

/// Bars with a heading of their own.
#[derive(Clone, Debug)]
pub struct Group {
    /// The heading.
    pub heading: String,
    /// From top to bottom.
    pub bars: Vec<Bar>,
    /// A value that is marked through all bars, and its name.
    pub mark: Option<(f64, String)>,
}

/// One bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// To its left.
    pub label: String,
    /// Below the label, if it is not empty.
    pub note: String,
    /// Its length.
    pub value: Interval,
    /// The colour of its program.
    pub colour: Colour,
    /// Whether it is drawn faintly: it is not the same work.
    pub pale: bool,
}

const WIDTH: f64 = 860.0;
const LEFT: f64 = 190.0;
const RIGHT: f64 = 130.0;
const ROW: f64 = 42.0;
const THICKNESS: f64 = 20.0;

impl Bars {
    /// Draws them.
    pub fn draw(&self) -> String {
        let heading = 50.0;
        let top = 44.0 + self.subtitle.len() as f64 * 18.0;
        let rows: usize = self.groups.iter().map(|group| group.bars.len()).sum();
        let below = top + rows as f64 * ROW + self.groups.len() as f64 * heading;
        let mut drawing = Drawing::new(WIDTH, below + 52.0, &self.title, &self.description());
        drawing.text((24.0, 34.0), Anchor::Start, "title", &self.title);
        for (number, line) in self.subtitle.iter().enumerate() {
            let y = 56.0 + number as f64 * 18.0;
            drawing.text((24.0, y), Anchor::Start, "faint", line);
        }

        let intervals = self.groups.iter().flat_map(|group| &group.bars).map(|bar| bar.value.high);
        let marks = self.groups.iter().filter_map(|group| group.mark.as_ref()).map(|mark| mark.0);
        let scale = Linear::up_to(intervals.chain(marks).fold(0.0, f64::max));
        let at = |value: f64| LEFT + scale.share(value.max(0.0)) * (WIDTH - LEFT - RIGHT);
        for tick in scale.ticks() {
            let x = at(tick);
            drawing.line((x, top + 10.0), (x, below), "rule");
            drawing.text((x, below + 18.0), Anchor::Middle, "small faint", &label(tick));
        }
        let middle = f64::midpoint(LEFT, WIDTH - RIGHT);
        drawing.text((middle, below + 40.0), Anchor::Middle, "", &self.axis);

        let mut y = top;
        for group in &self.groups {
            drawing.text((24.0, y + 30.0), Anchor::Start, "heading", &group.heading);
            let first = y + heading;
            for (row, bar) in group.bars.iter().enumerate() {
                draw_bar(&mut drawing, bar, first + row as f64 * ROW, &at);
            }
            y = first + group.bars.len() as f64 * ROW;
            if let Some((value, name)) = &group.mark {
                let x = at(*value);
                drawing.line((x, first - 10.0), (x, y - 6.0), "mark");
                drawing.text((x, first - 16.0), Anchor::Middle, "small", name);
            }
            for (row, bar) in group.bars.iter().enumerate() {
                draw_value(&mut drawing, bar, first + row as f64 * ROW, &at);
            }
        }
        drawing.line((LEFT, top + 10.0), (LEFT, below), "axis");
        drawing.into_svg()
    }

    fn description(&self) -> String {
        let mut text = format!("{}.", self.axis);
        for group in &self.groups {
            text += &format!(" {}:", group.heading);
            for bar in &group.bars {
                text += &format!(" {} {:.0};", bar.label, bar.value.value);
            }
        }
        text
    }
}

fn draw_bar(drawing: &mut Drawing, bar: &Bar, y: f64, at: &impl Fn(f64) -> f64) {
    let middle = y + THICKNESS / 2.0;
    let class = if bar.pale { "pale" } else { "" };
    let colour = bar.colour.class();
    let length = (at(bar.value.value) - LEFT).max(1.0);
    drawing.rectangle(LEFT, y, length, THICKNESS, &format!("{colour} {class}"));
    let (low, high) = (at(bar.value.low), at(bar.value.high));
    drawing.line((low, middle), (high, middle), "whisker");
    for end in [low, high] {
        drawing.line((end, middle - 5.0), (end, middle + 5.0), "whisker");
    }
    let base = if bar.note.is_empty() { middle + 4.5 } else { middle };
    drawing.text((LEFT - 12.0, base), Anchor::End, "strong", &bar.label);
    if !bar.note.is_empty() {
        drawing.text((LEFT - 12.0, middle + 14.0), Anchor::End, "small faint", &bar.note);
    }
}

/// Behind the bar, over everything else.
fn draw_value(drawing: &mut Drawing, bar: &Bar, y: f64, at: &impl Fn(f64) -> f64) {
    let Interval { value, low: lower, high: upper } = bar.value;
    let value = format!("{value:.0} ({lower:.0} to {upper:.0})").replace('-', "−");
    let place = (at(upper) + 9.0, y + THICKNESS / 2.0 + 4.5);
    drawing.text(place, Anchor::Start, "small over", &value);
}
