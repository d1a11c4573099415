//! The verb on the command line, and the arguments without it.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::config::verb::{Asked, Control, Rest, Target, seconds};
use crate::control::grammar::{Flags, VerbForm, names_of_targets};
use crate::control::slip;
use crate::sys::words::divide_at_equals_sign;

/// The result of reading the command line.
#[derive(Debug)]
pub(super) enum CommandLine {
    /// A verb or none, and all arguments without it.
    Asks(Asked, Vec<OsString>),
    /// Help on this verb, or on all of them.
    Help(Option<&'static VerbForm>),
    /// A mistake in it, and the verb that it was found at.
    Wrong(String, Option<&'static VerbForm>),
    /// A word that is not a verb, where there is one or where one was meant: this one.
    Unknown(String, Option<&'static VerbForm>),
}

/// The arguments without the verb and its flags, once those have been read.
static REST: OnceLock<Vec<OsString>> = OnceLock::new();

/// Whether the program has asked for them.
static WERE_ASKED_FOR: AtomicBool = AtomicBool::new(false);

/// The arguments of this program, with its name first, and without a [verb](crate::Verb) and its
/// flags: what a parser of the program's own is to see.
///
/// They are without it from the moment on at which the library reads the command line: before
/// `configure`, or in [`Config::run`](crate::Config::run) and [`Config::launch`](crate::Config::launch).
/// Without the option `control` they are those of [`std::env::args_os`].
///
/// With clap: `Args::parse_from(daemon::args_os())`. What `Args::parse()` sees has the verb in it, which it
/// refuses.
pub fn args_os() -> impl Iterator<Item = OsString> {
    WERE_ASKED_FOR.store(true, Ordering::Relaxed);
    REST.get().cloned().unwrap_or_else(|| env::args_os().collect()).into_iter()
}

/// Whether the program has called [`args_os`].
pub(super) fn were_asked_for() -> bool {
    WERE_ASKED_FOR.load(Ordering::Relaxed)
}

pub(super) fn keep(rest: Vec<OsString>) {
    let _ = REST.set(rest);
}

impl CommandLine {
    /// Reads the arguments, of which the first is the program's name.
    ///
    /// The flags of a verb stand right behind it, up to `--` or to the first word that is none of
    /// them. A first `--` means that there is no verb.
    ///
    /// Where nobody reads a word before there is a daemon, nobody would notice either that it was meant
    /// to be a verb, or that help was wanted: a daemon would be started.
    pub(super) fn read(arguments: Vec<OsString>, control: &Control, who: Rest) -> Self {
        let mut rest = arguments.clone().into_iter();
        let mut before: Vec<_> = rest.next().into_iter().collect();
        let mut words = rest.as_slice();
        let nothing = |kept| CommandLine::Asks(Asked::default(), kept);
        match control {
            Control::Off => return nothing(arguments),
            Control::First => {}
            Control::Behind(word) => match words.split_first() {
                Some((first, others)) if first.to_str() == Some(word) => words = others,
                _ => return nothing(arguments),
            },
        }
        let is_behind_word = matches!(control, Control::Behind(_));
        let Some((first, others)) = words.split_first() else {
            return if is_behind_word { CommandLine::Help(None) } else { nothing(arguments) };
        };
        let first = first.to_str().unwrap_or_default();
        let Some(verb) = VerbForm::find(first) else {
            return match (is_behind_word, first) {
                (true, first) if is_help(first) => help(others),
                (true, _) => unknown(&words[0]),
                (false, "--") => {
                    before.extend_from_slice(others);
                    nothing(before)
                }
                (false, first) if who == Rest::IsRead || !is_taken(first) => nothing(arguments),
                (false, first) if is_help(first) => help(others),
                (false, _) => unknown(&words[0]),
            };
        };
        flags(verb, others, before)
    }
}

/// Whether a word that is not a verb is not left to the program as the first argument, where nobody
/// reads that before there is a daemon.
pub(super) fn is_taken(word: &str) -> bool {
    is_help(word) || slip::meant(word).is_some()
}

fn is_help(word: &str) -> bool {
    matches!(word, "help" | "-h" | "--help")
}

/// `help`, or `help stop`.
fn help(others: &[OsString]) -> CommandLine {
    match others.first().map(|word| (word, VerbForm::find(&word.to_string_lossy()))) {
        Some((word, None)) => unknown(word),
        found => CommandLine::Help(found.and_then(|(_, verb)| verb)),
    }
}

fn flags(verb: &'static VerbForm, words: &[OsString], before: Vec<OsString>) -> CommandLine {
    let mut flags = Flags::default();
    let mut pidfile = None;
    let mut words = words.iter().peekable();
    let wrong = |what: String| CommandLine::Wrong(what, Some(verb));
    while let Some(word) = words.peek() {
        if verb.operand.is_some()
            && flags.target.is_none()
            && !word.as_encoded_bytes().starts_with(b"-")
        {
            match target(word) {
                Ok(target) => flags.target = Some(target),
                Err(what) => return wrong(what),
            }
            words.next();
            continue;
        }
        let (name, inline) = split(word);
        if matches!(name, "-h" | "--help") {
            return CommandLine::Help(Some(verb));
        }
        if name == "--" {
            words.next();
            break;
        }
        if let Some(why) = verb.why_no_pidfile().filter(|_| name == "--pidfile") {
            return wrong(why);
        }
        let Some(form) = verb.flag(name) else { break };
        words.next();
        let value = match (form.value, inline) {
            (None, None) => None,
            (None, Some(_)) => return wrong(format!("`{name}` takes no value")),
            (Some(_), Some(inline)) => Some(inline.to_owned()),
            (Some(kind), None) => match words.next() {
                Some(value) => Some(value.clone()),
                None => return wrong(format!("`{name}` needs a value: {name} <{kind}>")),
            },
        };
        match (name, value) {
            ("--timeout", Some(value)) => match value.to_str().and_then(seconds) {
                Some(limit) => flags.timeout = Some(limit),
                None => {
                    return wrong(format!("`--timeout` is a number of seconds, and not {value:?}"));
                }
            },
            ("--pidfile", Some(path)) if path.is_empty() => {
                return wrong("`--pidfile` is a path, and not empty".to_owned());
            }
            ("--pidfile", Some(path)) => pidfile = Some(PathBuf::from(path)),
            ("--kill", _) => flags.kill = true,
            ("--anyway", _) => flags.anyway = true,
            ("--json", _) => flags.json = true,
            (_, _) => flags.ready = true,
        }
    }
    if flags.kill && flags.timeout.is_none() {
        return wrong("`--kill` needs `--timeout`: it says when".to_owned());
    }
    match verb.with(flags) {
        Ok(verb) => {
            let has_more = words.len() > 0;
            let rest = before.into_iter().chain(words.cloned()).collect();
            let asked = Asked { verb: Some(verb), pidfile, has_more, ..Asked::default() };
            CommandLine::Asks(asked, rest)
        }
        Err(what) => wrong(what),
    }
}

/// `--timeout=5` as a name and a value.
fn split(word: &OsStr) -> (&str, Option<&OsStr>) {
    let (name, value) = match divide_at_equals_sign(word) {
        Some((name, value)) => (name, Some(value)),
        None => (word, None),
    };
    (name.to_str().unwrap_or_default(), value)
}

fn target(word: &OsStr) -> Result<Target, String> {
    let known = Target::ALL.iter().find(|target| word == target.name());
    known.copied().ok_or_else(|| {
        let all = names_of_targets().join(", ");
        format!("unknown target `{}`; it is one of {all}", word.to_string_lossy())
    })
}

fn unknown(word: &OsStr) -> CommandLine {
    let word = word.to_string_lossy().into_owned();
    let meant = slip::meant(&word);
    CommandLine::Unknown(word, meant)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::verb::{Stop, Verb};

    fn read(line: &str, control: &Control) -> CommandLine {
        read_by(Rest::IsRead, line, control)
    }

    fn read_by(who: Rest, line: &str, control: &Control) -> CommandLine {
        let words = ["clockd"].into_iter().chain(line.split_whitespace());
        CommandLine::read(words.map(OsString::from).collect(), control, who)
    }

    fn asks(line: &str, control: &Control) -> (Option<Verb>, String) {
        match read(line, control) {
            CommandLine::Asks(asked, rest) => {
                let rest: Vec<_> = rest[1..].iter().map(|it| it.to_string_lossy()).collect();
                (asked.verb, rest.join(" "))
            }
            other => panic!("{line}: {other:?}"),
        }
    }

    fn stop(timeout: Option<u64>, kill: bool) -> Option<Verb> {
        let timeout = timeout.map(Duration::from_secs);
        Some(Verb::Stop(Stop { timeout, kill, anyway: false }))
    }

    #[test]
    fn flags_stand_right_behind_the_verb() {
        let first = Control::First;
        assert_eq!(asks("", &first), (None, String::new()));
        assert_eq!(asks("start --port 5", &first), (Some(Verb::Start), "--port 5".into()));
        assert_eq!(asks("stop --timeout 5 --kill x", &first), (stop(Some(5), true), "x".into()));
        assert_eq!(asks("stop --timeout=5", &first), (stop(Some(5), false), String::new()));
        assert_eq!(asks("stop -- --kill", &first), (stop(None, false), "--kill".into()));
        assert_eq!(asks("stop x --kill", &first), (stop(None, false), "x --kill".into()));
        assert_eq!(asks("-- stop", &first), (None, "stop".into()));
        assert_eq!(asks("--port 5 stop", &first), (None, "--port 5 stop".into()));
        assert_eq!(asks("stop", &Control::Off), (None, "stop".into()));
        let unit = Some(Verb::Unit { target: Target::RcD });
        assert_eq!(asks("unit rc.d --port 5", &first), (unit, "--port 5".into()));
    }

    #[test]
    fn behind_a_word_there_is_a_verb() {
        let behind = Control::Behind("daemon".into());
        assert_eq!(asks("stop", &behind), (None, "stop".into()));
        assert_eq!(asks("daemon stop", &behind), (stop(None, false), String::new()));
        assert!(matches!(read("daemon", &behind), CommandLine::Help(None)));
        assert!(matches!(read("daemon help stop", &behind), CommandLine::Help(Some(_))));
        assert!(matches!(read("daemon halt", &behind), CommandLine::Unknown(_, None)));
        assert!(matches!(read("daemon stpo", &behind), CommandLine::Unknown(_, Some(_))));
    }

    #[test]
    fn a_misspelt_verb_is_one_where_nobody_reads_it() {
        let first = Control::First;
        assert_eq!(asks("stpo", &first), (None, "stpo".into()));
        for line in ["stpo", "Status", "restrat --port 5"] {
            let read = read_by(Rest::IsTheDaemons, line, &first);
            assert!(matches!(read, CommandLine::Unknown(_, Some(_))), "{line}: {read:?}");
        }
        for line in ["--help", "-h", "help", "help stop"] {
            let read = read_by(Rest::IsTheDaemons, line, &first);
            assert!(matches!(read, CommandLine::Help(_)), "{line}: {read:?}");
        }
        for line in ["", "-- stpo", "7777 stpo", "--stop", "half an hour", "-- --help"] {
            let read = read_by(Rest::IsTheDaemons, line, &first);
            assert!(matches!(read, CommandLine::Asks(..)), "{line}: {read:?}");
        }
        let word = Control::Behind("daemon".into());
        let read = read_by(Rest::IsTheDaemons, "stpo", &word);
        assert!(matches!(read, CommandLine::Asks(..)), "{read:?}");
    }

    #[test]
    fn wrong_flags_are_named() {
        for (line, word) in [
            ("stop --timeout", "--timeout"),
            ("stop --timeout x", "\"x\""),
            ("stop --timeout -1", "\"-1\""),
            ("stop --timeout 1e999", "\"1e999\""),
            ("stop --kill", "--timeout"),
            ("stop --kill=yes", "no value"),
            ("stop --pidfile=", "empty"),
            ("unit", "systemd"),
            ("unit sysv", "`sysv`"),
        ] {
            let CommandLine::Wrong(what, Some(_)) = read(line, &Control::First) else {
                panic!("{line} is not wrong")
            };
            assert!(what.contains(word), "{line}: {what}");
        }
        assert!(matches!(read("stop --help", &Control::First), CommandLine::Help(Some(_))));
    }
}
