//! The program as a file names it: its path, its arguments, its verbs.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use crate::config::Config;
use crate::config::verb::{Control, Target, Verb};
use crate::control::arguments::is_taken;
use crate::control::grammar::VerbForm;
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
    /// Whether nothing reads those before there is a daemon.
    is_read_by_daemon_alone: bool,
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
        let is_read_by_daemon_alone = config.asked.is_read_by_daemon_alone;
        Ok(Program { executable, arguments, is_read_by_daemon_alone, verbs })
    }

    /// The command that starts the daemon: without a verb, where nothing else looks like one.
    pub(super) fn start(&self) -> Words {
        let first = self.arguments.first();
        let needs_verb = match &self.verbs {
            Verbs::First => first.is_some_and(|first| is_verb(first)),
            Verbs::Behind(word) => first == Some(word),
            Verbs::After(_) => true,
            Verbs::None => false,
        };
        match self.verb(&["start"]).filter(|_| needs_verb) {
            Some(words) => words,
            None => self.words().map(OsStr::to_owned).collect(),
        }
    }

    /// The command with this verb and its flags, if the program has verbs.
    pub(super) fn verb(&self, verb: &[&str]) -> Option<Words> {
        let executable = self.executable.clone();
        let (before, after): (&[OsString], _) = match &self.verbs {
            Verbs::First => (&[], &*self.arguments),
            Verbs::Behind(word) => (std::slice::from_ref(word), &*self.arguments),
            Verbs::After(index) => self.arguments.split_at(*index),
            Verbs::None => return None,
        };
        // Nobody reads them but the daemon, and a verb on it would refuse them.
        let after = if self.is_read_by_daemon_alone && verb != ["start"] { &[] } else { after };
        // The flags of a verb stand right behind it, up to `--`.
        let is_flag = |word: &OsString| word.as_bytes().starts_with(b"-");
        let ends_flags =
            !matches!(self.verbs, Verbs::After(_)) && after.first().is_some_and(is_flag);
        let mut words = vec![executable];
        words.extend_from_slice(before);
        words.extend(verb.iter().map(OsString::from));
        words.extend(ends_flags.then(|| "--".into()));
        words.extend_from_slice(after);
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

/// Whether it would not be left to the program as the first argument, as far as is known.
fn is_verb(word: &OsStr) -> bool {
    word == "--"
        || word.to_str().is_some_and(|word| VerbForm::find(word).is_some() || is_taken(word))
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
        assert_eq!(plain.verb(&["reload"]), None);

        let own = Program::of_test(&config, "/b/echod", &["-c", "x", "unit", "rc.d", "-q"]);
        assert_eq!(said(Some(own.start())), "/b/echod -c x start -q");
        assert_eq!(said(own.verb(&["status", "--ready"])), "/b/echod -c x status --ready -q");

        config.control = Control::First;
        let first = Program::of_test(&config, "/b/echod (deleted)", &["--port", "7"]);
        assert_eq!(said(Some(first.start())), "/b/echod --port 7");
        assert_eq!(said(first.verb(&["reload"])), "/b/echod reload -- --port 7");
        let stop = Program::of_test(&config, "/b/echod", &["stop"]);
        assert_eq!(said(Some(stop.start())), "/b/echod start stop");
        assert_eq!(said(stop.verb(&["reload"])), "/b/echod reload stop");
        // It is refused if nobody else reads it.
        let slip = Program::of_test(&config, "/b/echod", &["stpo"]);
        assert_eq!(said(Some(slip.start())), "/b/echod start stpo");
        let help = Program::of_test(&config, "/b/echod", &["--help"]);
        assert_eq!(said(Some(help.start())), "/b/echod start -- --help");

        config.control = Control::Behind("daemon".into());
        let behind = Program::of_test(&config, "/b/echod", &["stop"]);
        assert_eq!(said(Some(behind.start())), "/b/echod stop");
        assert_eq!(said(behind.verb(&["reload"])), "/b/echod daemon reload stop");
        let word = Program::of_test(&config, "/b/echod", &["daemon"]);
        assert_eq!(said(Some(word.start())), "/b/echod daemon start daemon");
        config.asked.is_read_by_daemon_alone = true;
        let alone = Program::of_test(&config, "/b/echod", &["-v"]);
        assert_eq!(said(Some(alone.start())), "/b/echod -v");
        assert_eq!(said(alone.verb(&["reload"])), "/b/echod daemon reload");
    }
}
