//! Drawings as SVG, readable in light and dark surroundings, with the fonts of the system.

pub mod bars;
pub mod lines;
mod scale;
mod style;

use std::fmt::Write;

pub use scale::Linear;
pub(crate) use scale::grouped;
pub use style::Colour;

/// Where a text begins, relative to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// To the right of it.
    Start,
    /// Around it.
    Middle,
    /// To the left of it.
    End,
}

/// What is drawn, from back to front. Lengths are in pixels, from the upper left corner; a class is
/// one of those in `style.rs`.
#[derive(Clone, Debug)]
pub struct Drawing {
    width: f64,
    height: f64,
    title: String,
    description: String,
    body: String,
}

impl Drawing {
    /// An empty one. The title and the description are for those who do not see it.
    pub fn new(width: f64, height: f64, title: &str, description: &str) -> Self {
        Drawing {
            width,
            height,
            title: title.to_owned(),
            description: description.to_owned(),
            body: String::new(),
        }
    }

    /// A rectangle with slightly rounded corners.
    pub fn rectangle(&mut self, x: f64, y: f64, width: f64, height: f64, class: &str) {
        self.element(format_args!(
            r#"<rect class="{class}" x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" rx="3"/>"#
        ));
    }

    /// A straight line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        let ((x1, y1), (x2, y2)) = (from, to);
        self.element(format_args!(
            r#"<line class="{class}" x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}"/>"#
        ));
    }

    /// A line through these points.
    pub fn polyline(&mut self, points: &[(f64, f64)], class: &str) {
        let mut through = String::new();
        for (x, y) in points {
            let _ = write!(through, "{x:.1},{y:.1} ");
        }
        let through = through.trim_end();
        self.element(format_args!(r#"<polyline class="{class}" points="{through}"/>"#));
    }

    /// A filled shape with these corners.
    pub fn polygon(&mut self, corners: &[(f64, f64)], class: &str) {
        let mut points = String::new();
        for (x, y) in corners {
            let _ = write!(points, "{x:.1},{y:.1} ");
        }
        let points = points.trim_end();
        self.element(format_args!(r#"<polygon class="{class}" points="{points}"/>"#));
    }

    /// A filled circle.
    pub fn circle(&mut self, (x, y): (f64, f64), radius: f64, class: &str) {
        self.element(format_args!(
            r#"<circle class="{class}" cx="{x:.1}" cy="{y:.1}" r="{radius:.1}"/>"#
        ));
    }

    /// A line of text on this base line.
    pub fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, class: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escaped(text);
        self.element(format_args!(
            r#"<text class="{class}" x="{x:.1}" y="{y:.1}" text-anchor="{anchor}">{text}</text>"#
        ));
    }

    /// Two texts of different classes, one behind the other.
    pub fn two_texts(&mut self, (x, y): (f64, f64), first: (&str, &str), second: (&str, &str)) {
        let (class, behind) = (first.0, second.0);
        let (text, more) = (escaped(first.1), escaped(second.1));
        self.element(format_args!(
            r#"<text x="{x:.1}" y="{y:.1}"><tspan class="{class}">{text}</tspan><tspan class="{behind}" dx="12">{more}</tspan></text>"#
        ));
    }

    /// A line of text that runs upwards through this point.
    pub fn upward_text(&mut self, (x, y): (f64, f64), class: &str, text: &str) {
        let text = escaped(text);
        self.element(format_args!(
            r#"<text class="{class}" transform="translate({x:.1} {y:.1}) rotate(-90)" text-anchor="middle">{text}</text>"#
        ));
    }

    /// A line of text that rises to the right from this point.
    pub fn slanted_text(&mut self, (x, y): (f64, f64), class: &str, text: &str) {
        let text = escaped(text);
        self.element(format_args!(
            r#"<text class="{class}" transform="translate({x:.1} {y:.1}) rotate(-50)">{text}</text>"#
        ));
    }

    /// An arrow whose head is at `to`.
    pub fn arrow(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        const LENGTH: f64 = 9.0;
        const HALF_WIDTH: f64 = 4.5;
        let (x, y) = (to.0 - from.0, to.1 - from.1);
        let distance = x.hypot(y).max(1.0);
        let (x, y) = (x / distance, y / distance);
        let base = (to.0 - x * LENGTH, to.1 - y * LENGTH);
        self.line(from, base, class);
        let left = (base.0 - y * HALF_WIDTH, base.1 + x * HALF_WIDTH);
        let right = (base.0 + y * HALF_WIDTH, base.1 - x * HALF_WIDTH);
        self.polygon(&[to, left, right], &format!("{class} head"));
    }

    /// The whole file.
    pub fn into_svg(self) -> String {
        let Drawing { width, height, title, description, body } = self;
        let (title, description) = (escaped(&title), escaped(&description));
        let style = style::SHEET;
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0} {height:.0}" width="{width:.0}" height="{height:.0}" role="img" aria-labelledby="title description">
<title id="title">{title}</title>
<desc id="description">{description}</desc>
<style>
{style}</style>
<rect class="ground" width="100%" height="100%" rx="8"/>
{body}</svg>
"#
        )
    }

    fn element(&mut self, element: std::fmt::Arguments<'_>) {
        let _ = writeln!(self.body, "{element}");
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
