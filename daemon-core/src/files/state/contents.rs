//! What a daemon knows of itself, and how it is written: `key=value`, one a line.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use crate::files::state::escape::{escape, escape_cut, unescape};
use crate::files::state::slot::LONGEST;
use crate::text::decimal;

/// What a daemon knows of itself.
///
/// Whoever reads it takes it for the daemon's own word: a program that somebody has broken into
/// writes what they want.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Contents {
    /// Its number, in its own process namespace.
    pub(crate) pid: Option<u64>,
    /// When the state was made, in milliseconds of the clock that process start times are told by.
    /// Whatever process has this number and is older is the daemon.
    pub(crate) clock: Option<u64>,
    /// When that was, in seconds since 1970.
    pub(crate) since: Option<u64>,
    pub(crate) phase: Option<Phase>,
    pub(crate) name: String,
    /// The version of the program, and of this library.
    pub(crate) version: String,
    pub(crate) library: String,
    /// `background` or `foreground`.
    pub(crate) mode: String,
    /// Its supervisor, as one of a few words.
    pub(crate) supervisor: String,
    /// Why it is in that mode, in a sentence.
    pub(crate) why: String,
    /// What it said last of what it is doing.
    pub(crate) status: String,
    /// What it said when it was ready.
    pub(crate) ready: String,
    /// The requests to reload that have begun, and those that were answered.
    pub(crate) reloads_begun: u64,
    pub(crate) reloads_done: u64,
    /// Whether it answers them.
    pub(crate) answers: bool,
    /// The last answer to one.
    pub(crate) answer: Option<Answer>,
    /// How many holds there are, and the first of their names.
    pub(crate) holds: u64,
    pub(crate) named_holds: Vec<Hold>,
    /// The log that standard error goes to.
    pub(crate) log: Option<PathBuf>,
}

/// How far the life of a daemon is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// It is not ready yet.
    Starting,
    /// It is ready.
    Ready,
    /// It is ready, and reads its configuration anew.
    Reloading,
    /// It is to end, and finishes its work.
    Stopping,
    /// It has ended by itself.
    Ended,
}

/// The answer to a request to reload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) is_done: bool,
    pub(crate) text: String,
    /// In seconds since 1970.
    pub(crate) at: u64,
}

/// Holds of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hold {
    pub(crate) count: u64,
    pub(crate) name: String,
}

/// How many bytes a text may take: with all of them there is room for the rest.
const SHORT: usize = 128;
const TEXT: usize = 512;
const LONG: usize = 768;

/// How many bytes the names of holds may take together.
const NAMES: usize = 512;

impl Phase {
    const ALL: [Phase; 5] =
        [Phase::Starting, Phase::Ready, Phase::Reloading, Phase::Stopping, Phase::Ended];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Starting => "starting",
            Phase::Ready => "ready",
            Phase::Reloading => "reloading",
            Phase::Stopping => "stopping",
            Phase::Ended => "ended",
        }
    }
}

impl Contents {
    /// As lines, of at most [`LONGEST`] bytes. What matters most comes first, and a line that does
    /// not fit is left out.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut lines = Lines(Vec::with_capacity(LONGEST));
        lines.number("pid", self.pid);
        lines.number("clock", self.clock);
        lines.number("since", self.since);
        lines.text("phase", self.phase.map_or("", Phase::name), SHORT);
        lines.text("name", &self.name, 2 * SHORT);
        lines.text("version", &self.version, SHORT);
        lines.text("library", &self.library, SHORT);
        lines.text("mode", &self.mode, SHORT);
        lines.text("supervisor", &self.supervisor, SHORT);
        lines.text("why", &self.why, 2 * SHORT);
        lines.text("status", &self.status, TEXT);
        lines.text("ready", &self.ready, TEXT);
        lines.number("reloads_begun", Some(self.reloads_begun));
        lines.number("reloads_done", Some(self.reloads_done));
        lines.text("answers", if self.answers { "yes" } else { "" }, SHORT);
        if let Some(Answer { is_done, text, at }) = &self.answer {
            lines.text("reload", if *is_done { "done" } else { "refused" }, SHORT);
            lines.number("reload_at", Some(*at));
            lines.text("reload_text", text, LONG);
        }
        lines.number("holds", Some(self.holds));
        let names = lines.0.len() + NAMES;
        for Hold { count, name } in &self.named_holds {
            if lines.0.len() < names {
                lines.hold(*count, name);
            }
        }
        if let Some(log) = &self.log {
            // A path is not cut: its beginning is another one.
            lines.add("log", |line| escape(log.as_os_str().as_bytes(), line));
        }
        lines.0
    }

    /// Reads lines. What is not known, or makes no sense, is skipped.
    pub(super) fn decode(lines: &[u8]) -> Self {
        let mut contents = Contents::default();
        let mut answer = Answer { is_done: false, text: String::new(), at: 0 };
        for line in lines.split(|byte| *byte == b'\n') {
            let Some(equals) = line.iter().position(|byte| *byte == b'=') else { continue };
            let value = unescape(&line[equals + 1..]);
            let text = || String::from_utf8_lossy(&value).into_owned();
            match &line[..equals] {
                b"pid" => contents.pid = number(&value),
                b"clock" => contents.clock = number(&value),
                b"since" => contents.since = number(&value),
                b"phase" => {
                    let is_it = |phase: &&Phase| phase.name().as_bytes() == value;
                    contents.phase = Phase::ALL.iter().find(is_it).copied();
                }
                b"name" => contents.name = text(),
                b"version" => contents.version = text(),
                b"library" => contents.library = text(),
                b"mode" => contents.mode = text(),
                b"supervisor" => contents.supervisor = text(),
                b"why" => contents.why = text(),
                b"status" => contents.status = text(),
                b"ready" => contents.ready = text(),
                b"reloads_begun" => contents.reloads_begun = number(&value).unwrap_or(0),
                b"reloads_done" => contents.reloads_done = number(&value).unwrap_or(0),
                b"answers" => contents.answers = value == b"yes",
                b"reload" if value == b"done" || value == b"refused" => {
                    answer.is_done = value == b"done";
                    contents.answer = Some(answer.clone());
                }
                b"reload_at" => answer.at = number(&value).unwrap_or(0),
                b"reload_text" => answer.text = text(),
                b"holds" => contents.holds = number(&value).unwrap_or(0),
                b"hold" => contents.named_holds.extend(hold(&value)),
                b"log" => contents.log = Some(OsString::from_vec(value).into()),
                _ => {}
            }
        }
        if let Some(found) = &mut contents.answer {
            *found = Answer { is_done: found.is_done, ..answer };
        }
        contents
    }
}

/// Nothing but digits.
fn number(value: &[u8]) -> Option<u64> {
    let is_decimal = value.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(value).ok().filter(|_| is_decimal)?.parse().ok()
}

/// A count, a space, and a name.
fn hold(value: &[u8]) -> Option<Hold> {
    let space = value.iter().position(|byte| *byte == b' ')?;
    let count = number(&value[..space])?;
    Some(Hold { count, name: String::from_utf8_lossy(&value[space + 1..]).into_owned() })
}

/// Lines, of at most [`LONGEST`] bytes together.
struct Lines(Vec<u8>);

impl Lines {
    fn add(&mut self, key: &str, write: impl FnOnce(&mut Vec<u8>)) {
        let before = self.0.len();
        self.0.extend_from_slice(key.as_bytes());
        self.0.push(b'=');
        write(&mut self.0);
        self.0.push(b'\n');
        if self.0.len() > LONGEST {
            self.0.truncate(before);
        }
    }

    /// An empty text is like none.
    fn text(&mut self, key: &str, value: &str, most: usize) {
        if !value.is_empty() {
            self.add(key, |line| escape_cut(value, most, line));
        }
    }

    fn number(&mut self, key: &str, value: Option<u64>) {
        if let Some(value) = value {
            self.add(key, |line| add_decimal(value, line));
        }
    }

    fn hold(&mut self, count: u64, name: &str) {
        self.add("hold", |line| {
            add_decimal(count, line);
            line.push(b' ');
            escape_cut(name, SHORT, line);
        });
    }
}

fn add_decimal(number: u64, line: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let start = decimal(number, &mut digits);
    line.extend_from_slice(&digits[start..]);
}
