//! Lines over a few sizes, with a logarithmic axis.

use super::scale::{Logarithmic, label};
use super::{Anchor, Colour, Drawing};
use crate::statistics::Interval;

/// A drawing of lines.
#[derive(Clone, Debug)]
pub struct Lines {
    /// Above everything.
    pub title: String,
    /// Below the title: one line each.
    pub subtitle: Vec<String>,
    /// What the horizontal axis shows, with its unit.
    pub horizontal: String,
    /// What the vertical axis shows, with its unit.
    pub vertical: String,
    /// The sizes, at equal distances.
    pub sizes: Vec<String>,
    /// One line each.
    pub series: Vec<Series>,
}

/// One line.
#[derive(Clone, Debug)]
pub struct Series {
    /// At its right end.
    pub label: String,
    /// The colour of its program.
    pub colour: Colour,
    /// For each size.
    pub values: Vec<Interval>,
}

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 470.0;
const LEFT: f64 = 78.0;
const RIGHT: f64 = 170.0;
const BELOW: f64 = 66.0;
const LINE_OF_TEXT: f64 = 18.0;

impl Lines {
    /// Draws them.
    pub fn draw(&self) -> String {
        let top = 66.0 + self.subtitle.len() as f64 * LINE_OF_TEXT;
        let bottom = HEIGHT - BELOW;
        let mut drawing = Drawing::new(WIDTH, HEIGHT, &self.title, &self.description());
        drawing.text((24.0, 34.0), Anchor::Start, "title", &self.title);
        for (number, line) in self.subtitle.iter().enumerate() {
            let y = 56.0 + number as f64 * LINE_OF_TEXT;
            drawing.text((24.0, y), Anchor::Start, "faint", line);
        }

        let all = self.series.iter().flat_map(|series| &series.values);
        let scale = Logarithmic::around(all.flat_map(|it| [it.low, it.high]));
        let y_of = |value: f64| bottom - scale.share(value) * (bottom - top);
        let distance = (WIDTH - LEFT - RIGHT - 40.0) / (self.sizes.len().max(2) - 1) as f64;
        let x_of = |place: usize| LEFT + 20.0 + place as f64 * distance;

        for tick in scale.ticks() {
            let y = y_of(tick);
            drawing.line((LEFT, y), (WIDTH - RIGHT, y), "rule");
            drawing.text((LEFT - 10.0, y + 4.5), Anchor::End, "small faint", &label(tick));
        }
        for (place, size) in self.sizes.iter().enumerate() {
            let x = x_of(place);
            drawing.line((x, bottom), (x, bottom + 5.0), "axis");
            drawing.text((x, bottom + 20.0), Anchor::Middle, "small faint", size);
        }
        drawing.line((LEFT, bottom), (WIDTH - RIGHT, bottom), "axis");
        let middle = f64::midpoint(LEFT, WIDTH - RIGHT);
        drawing.text((middle, HEIGHT - 20.0), Anchor::Middle, "", &self.horizontal);
        drawing.upward_text((28.0, f64::midpoint(top, bottom)), "", &self.vertical);

        for series in &self.series {
            draw_series(&mut drawing, series, &x_of, &y_of);
        }
        self.draw_labels(&mut drawing, x_of(self.sizes.len() - 1), &y_of);
        drawing.into_svg()
    }

    /// Beside the ends of the lines, each moved down as far as the one above it needs.
    fn draw_labels(&self, drawing: &mut Drawing, x: f64, y_of: &impl Fn(f64) -> f64) {
        let mut ends: Vec<(f64, &Series)> = self
            .series
            .iter()
            .filter_map(|series| Some((y_of(series.values.last()?.value), series)))
            .collect();
        ends.sort_by(|one, other| one.0.total_cmp(&other.0));
        let lowest = HEIGHT - BELOW;
        let mut free = 0.0_f64;
        let mut places: Vec<f64> = ends
            .iter()
            .map(|(y, _)| {
                let place = y.max(free);
                free = place + LINE_OF_TEXT;
                place
            })
            .collect();
        // What has come too low moves up, with those above it.
        let mut limit = lowest;
        for place in places.iter_mut().rev() {
            *place = place.min(limit);
            limit = *place - LINE_OF_TEXT;
        }
        for ((y, series), place) in ends.iter().zip(places) {
            let colour = series.colour.class();
            drawing.line((x + 7.0, *y), (x + 26.0, place), &format!("{colour} pale"));
            let class = format!("strong {colour}");
            drawing.text((x + 31.0, place + 4.5), Anchor::Start, &class, &series.label);
        }
    }

    fn description(&self) -> String {
        let mut text = format!("{}, by {}.", self.vertical, self.horizontal);
        for series in &self.series {
            text += &format!(" {}:", series.label);
            for (size, value) in self.sizes.iter().zip(&series.values) {
                text += &format!(" {:.2} at {size};", value.value);
            }
        }
        text
    }
}

fn draw_series(
    drawing: &mut Drawing,
    series: &Series,
    x_of: &impl Fn(usize) -> f64,
    y_of: &impl Fn(f64) -> f64,
) {
    let colour = series.colour.class();
    let points = |value: fn(&Interval) -> f64| -> Vec<(f64, f64)> {
        series.values.iter().enumerate().map(|(at, it)| (x_of(at), y_of(value(it)))).collect()
    };
    let mut band = points(|it| it.low);
    band.extend(points(|it| it.high).into_iter().rev());
    drawing.polygon(&band, &format!("{colour} band"));
    let medians = points(|it| it.value);
    drawing.polyline(&medians, colour);
    for point in medians {
        drawing.circle(point, 4.0, colour);
    }
}
