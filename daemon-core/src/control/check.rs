//! The verb `check`: what a start would do, and everything that would make it fail at once.

use std::fmt;

use nix::unistd::getpid;

use crate::config::Config;
use crate::control::json::Json;
use crate::control::output::print;
use crate::error::{Error, ErrorKind};
use crate::plan::inherited::Inherited;
use crate::plan::preview::Preview;
use crate::supervisor::environment::Environment;
use crate::text::printable;

/// The version of its form.
const SCHEMA: u64 = 1;

/// A report on a start that was not made: its plan, and everything that would make it fail.
///
/// Displayed as a table that a person can read.
#[derive(Debug)]
pub struct Checked {
    rows: Vec<(&'static str, String)>,
    failures: Vec<Error>,
}

impl Checked {
    /// Everything that would make the start fail, in the order of the launch.
    pub fn failures(&self) -> &[Error] {
        &self.failures
    }

    /// The exit status of a start that fails for the first of these reasons, or 0.
    pub fn exit_code(&self) -> u8 {
        self.failures.first().map_or(0, Error::exit_code)
    }

    /// As JSON; `docs/status.md` describes it.
    fn to_json(&self) -> String {
        let plan = self.rows.iter().map(|(key, value)| (*key, Json::from(value.as_str())));
        let failures = self.failures.iter().map(|error| {
            Json::Object(vec![
                ("status", u64::from(error.exit_code()).into()),
                ("message", error.to_string().into()),
            ])
        });
        Json::Object(vec![
            ("schema", SCHEMA.into()),
            ("would_start", self.failures.is_empty().into()),
            ("plan", Json::Object(plan.collect())),
            ("failures", Json::List(failures.collect())),
        ])
        .document()
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|(key, _)| key.len()).max().unwrap_or(0) + 1;
        for (key, value) in &self.rows {
            writeln!(f, "{:width$} {}", format!("{key}:"), printable(value))?;
        }
        if self.failures.is_empty() {
            return writeln!(f, "a start would succeed, as far as can be told");
        }
        for error in &self.failures {
            writeln!(f, "a start would fail: {}", printable(&error.to_string()))?;
        }
        Ok(())
    }
}

/// Finds out what a start would do. No file is made, locked, or opened for writing.
pub fn check(config: &Config) -> Checked {
    let inherited = Inherited::by_this_process();
    let environment = Environment::of_this_process(getpid());
    let Preview { rows, failures } = Preview::of(&mut config.clone(), inherited, environment);
    Checked { rows, failures }
}

/// The verb: what it says, and its exit status.
pub(super) fn perform(config: &Config, json: bool) -> u8 {
    let checked = check(config);
    let text = if json { checked.to_json() } else { checked.to_string() };
    match print(config, &text) {
        0 => checked.exit_code(),
        not_written => not_written,
    }
}

/// The first thing that would make a start fail, once the daemon that runs already has ended.
pub(super) fn could_start(config: &Config) -> Result<(), Error> {
    let mut failures = check(config).failures.into_iter();
    match failures.find(|error| error.kind() != ErrorKind::AlreadyRunning) {
        Some(failure) => Err(failure),
        None => Ok(()),
    }
}
