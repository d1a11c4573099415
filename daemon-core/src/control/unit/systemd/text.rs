//! The text of a unit; see systemd.syntax(7).

use crate::config::verb::Target;
use crate::control::unit::escape::systemd::percent;
use crate::control::unit::refusals::inexpressible;
use crate::error::Error;

/// The name as text to the end of a line.
pub(in crate::control::unit) fn description(name: &str) -> Result<String, Error> {
    // A line goes on after one.
    if name.ends_with('\\') {
        let what = format!("`name` is {name:?}, and a line goes on after a `\\`");
        return Err(inexpressible(Target::Systemd, &what, "choose another name"));
    }
    Ok(percent(name))
}

/// A unit as it is written.
#[derive(Default)]
pub(in crate::control::unit) struct Unit(pub(in crate::control::unit) String);

impl Unit {
    pub(in crate::control::unit) fn section(&mut self, name: &str) {
        self.gap();
        self.line(&format!("[{name}]"));
    }

    pub(in crate::control::unit) fn gap(&mut self) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
    }

    pub(in crate::control::unit) fn comment(&mut self, text: &str) {
        self.line(&format!("# {text}"));
    }

    pub(in crate::control::unit) fn set(&mut self, setting: &str, value: impl AsRef<str>) {
        self.line(&format!("{setting}={}", value.as_ref()));
    }

    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }
}
