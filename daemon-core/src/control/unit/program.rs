//! The program as a file names it: its path, its arguments, its verbs.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use crate::config::Config;
use crate::config::verb::{Control, Target, Verb};
use crate::error::{Error, ErrorKind, errno_of};

/// A command line of the program's, from its path on.
pub(super) type Words = Vec<OsString>;

/// The program that is to be started.
#[derive(Debug, Clone)]
pub(super) struct Program {
    /// An absolute path.
    executable: OsString,
    /// Its own arguments, without verb and flags.
    arguments: Vec<OsString>,
    verbs: Verbs,
}

/// How its command line says a verb.
#[derive(Debug, Clone)]
enum Verbs {
    /// As the first argument.
    First,
    /// Behind this word, which is the first argument.
    Behind(OsString),
    /// In the program's own way: between these many of its arguments and the others.
    After(usize),
    /// It has none, as far as is known.
    None,
}

impl Program {
    /// This very program, with these arguments.
    pub(super) fn running(config: &Config, arguments: Vec<OsString>) -> Result<Self, Error> {
        let executable = std::env::current_exe()
            .map_err(|error| Error::cannot("find out the path of this program", errno_of(error)))?;
        Program::at(config, executable.into_os_string(), arguments)
    }

    /// The program at this path; see /proc/pid/exe in proc(5).
    fn at(config: &Config, path: OsString, arguments: Vec<OsString>) -> Result<Self, Error> {
        let executable = match path.as_bytes().strip_suffix(b" (deleted)") {
            // There may be a program of that name.
            Some(before) if !Path::new(&path).exists() => OsString::from_vec(before.to_vec()),
            _ => path,
        };
        if !Path::new(&executable).is_absolute() {
            let what = format!("the path of this program is {executable:?}");
            return Err(Error::new(ErrorKind::Config, what).advise("install it first"));
        }
        let (arguments, verbs) = match &config.control {
            Control::First => (arguments, Verbs::First),
            Control::Behind(word) => (arguments, Verbs::Behind(word.into())),
            Control::Off => without_verb(arguments),
        };
        Ok(Program { executable, arguments, verbs })
    }

    /// The command that starts the daemon.
    pub(super) fn start(&self) -> Words {
        let executable = [self.executable.clone()];
        let between: &[OsString] = match (&self.verbs, self.arguments.first()) {
            (Verbs::After(_), _) => return self.verb("start").unwrap_or_default(),
            // A first `--` says that there is no verb.
            (Verbs::First, Some(first)) if is_verb(first) => &["--".into()],
            (Verbs::Behind(word), Some(first)) if first == word => &["--".into()],
            _ => &[],
        };
        executable.iter().chain(between).chain(&self.arguments).cloned().collect()
    }

    /// The command with this verb, and what follows it, if the program has verbs.
    pub(super) fn verb(&self, verb: &str) -> Option<Words> {
        let mut words = vec![self.executable.clone()];
        match &self.verbs {
            Verbs::First => words.push(verb.into()),
            Verbs::Behind(word) => words.extend([word.clone(), verb.into()]),
            Verbs::After(before) => {
                let (before, after) = self.arguments.split_at(*before);
                words.extend_from_slice(before);
                words.extend(verb.split(' ').map(OsString::from));
                words.extend_from_slice(after);
                return Some(words);
            }
            Verbs::None => return None,
        }
        // The flags of a verb stand right behind it, up to `--`.
        if self.arguments.first().is_some_and(|first| first.as_bytes().starts_with(b"-")) {
            words.push("--".into());
        }
        words.extend_from_slice(&self.arguments);
        Some(words)
    }

    /// Its path and its arguments.
    pub(super) fn words(&self) -> impl Iterator<Item = &OsStr> {
        [&self.executable].into_iter().chain(&self.arguments).map(OsString::as_os_str)
    }
}

/// Where a program parses its command line itself, the words `unit TARGET` are among its arguments,
/// and another verb goes in their place.
fn without_verb(mut arguments: Vec<OsString>) -> (Vec<OsString>, Verbs) {
    let unit = Verb::Unit { target: Target::Systemd };
    let is_target = |word: &OsStr| Target::ALL.iter().any(|target| word == target.name());
    let found =
        arguments.windows(2).rposition(|words| words[0] == unit.name() && is_target(&words[1]));
    match found {
        Some(index) => {
            arguments.drain(index..index + 2);
            (arguments, Verbs::After(index))
        }
        None => (arguments, Verbs::None),
    }
}

fn is_verb(word: &OsStr) -> bool {
    ["start", "stop", "restart", "reload", "status", "check", "unit", "--"]
        .iter()
        .any(|verb| word == *verb)
}

#[cfg(test)]
impl Program {
    /// A program for tests.
    pub(super) fn of_test(config: &Config, path: &str, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(OsString::from).collect();
        Program::at(config, path.into(), arguments).expect("an absolute path")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(words: Option<Words>) -> String {
        let words = words.unwrap_or_default();
        words.iter().map(|word| word.to_str().unwrap_or("?")).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_verb_is_said_as_the_program_wants_it() {
        let mut config = Config::new("echod");
        let plain = Program::of_test(&config, "/b/echod", &["--port", "7"]);
        assert_eq!(said(Some(plain.start())), "/b/echod --port 7");
        assert_eq!(plain.verb("reload"), None);

        let own = Program::of_test(&config, "/b/echod", &["-c", "x", "unit", "rc.d", "-q"]);
        assert_eq!(said(Some(own.start())), "/b/echod -c x start -q");
        assert_eq!(said(own.verb("status --ready")), "/b/echod -c x status --ready -q");

        config.control = Control::First;
        let first = Program::of_test(&config, "/b/echod (deleted)", &["--port", "7"]);
        assert_eq!(said(Some(first.start())), "/b/echod --port 7");
        assert_eq!(said(first.verb("reload")), "/b/echod reload -- --port 7");
        let stop = Program::of_test(&config, "/b/echod", &["stop"]);
        assert_eq!(said(Some(stop.start())), "/b/echod -- stop");
        assert_eq!(said(stop.verb("reload")), "/b/echod reload stop");

        config.control = Control::Behind("daemon".into());
        let behind = Program::of_test(&config, "/b/echod", &["stop"]);
        assert_eq!(said(Some(behind.start())), "/b/echod stop");
        assert_eq!(said(behind.verb("reload")), "/b/echod daemon reload stop");
    }
}
