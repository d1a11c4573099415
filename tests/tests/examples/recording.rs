//! A session at a terminal, as a picture.

use std::fmt::Write;

use crate::installed::Installed;

/// Commands and what the terminal got.
pub(crate) struct Recording<'a> {
    example: &'a Installed<'a>,
    lines: Vec<String>,
}

/// The width of a character and the height of a line, in pixels.
const CHARACTER: f32 = 8.43;
const LINE: usize = 19;

impl<'a> Recording<'a> {
    pub(crate) fn new(example: &'a Installed<'a>) -> Self {
        Self { example, lines: Vec::new() }
    }

    /// Runs the example at a terminal, until it ends with this status. Returns what it said.
    pub(crate) fn run(&mut self, arguments: &[&str], code: i32) -> String {
        self.lines.push(format!("$ {} {}", self.example.name(), arguments.join(" ")));
        let start = self.example.start().args(arguments.iter().copied());
        let terminal = start.terminal().run().expect_code(code).terminal;
        let home = self.example.home().to_str().expect("UTF-8").to_owned();
        for line in terminal.lines().flat_map(seen) {
            let line = line.replace(&home, "/home/you");
            let what = self.lines.last().is_none_or(|last| *last != line);
            if what && !line.is_empty() {
                self.lines.push(line);
            }
        }
        terminal
    }

    pub(crate) fn lines(&self) -> &[String] {
        &self.lines
    }

    /// Whether the picture has this line, but for numbers, which are others each time.
    pub(crate) fn is_shown_by(&self, picture: &str, line: &str) -> bool {
        let line = without_numbers(&escaped(line));
        // A client more or less is waited for.
        line.contains("waiting for pid") || without_numbers(picture).contains(&line)
    }

    pub(crate) fn svg(&self) -> String {
        let longest = self.lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
        let width = (longest as f32 * CHARACTER) as usize + 40;
        let height = self.lines.len() * LINE + 36;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" font-family=\"ui-monospace, Menlo, Consolas, \
             'DejaVu Sans Mono', monospace\" font-size=\"14\">\n\
             <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#16181d\"/>\n"
        );
        for (index, line) in self.lines.iter().enumerate() {
            let y = 32 + index * LINE;
            let (colour, weight) = if line.starts_with("$ ") {
                ("#7fd1a0", "bold")
            } else if line.starts_with(self.example.name()) {
                ("#e6e6e6", "normal")
            } else {
                ("#9aa4b2", "normal")
            };
            let _ = writeln!(
                svg,
                "<text x=\"20\" y=\"{y}\" fill=\"{colour}\" font-weight=\"{weight}\" \
                 xml:space=\"preserve\">{}</text>",
                escaped(line)
            );
        }
        svg + "</svg>\n"
    }
}

/// What is left to be seen of a line that was redrawn: each state of it once.
fn seen(line: &str) -> impl Iterator<Item = &str> {
    line.split(['\r']).map(|part| part.trim_start_matches("\u{1b}[K"))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Each number is 0.
fn without_numbers(text: &str) -> String {
    let mut result = String::new();
    for character in text.chars() {
        match character {
            digit if digit.is_ascii_digit() => {
                if !result.ends_with('0') {
                    result.push('0');
                }
            }
            other => result.push(other),
        }
    }
    result
}
