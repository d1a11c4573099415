//! Help on the verbs, in the form that clap has made usual.

use std::fmt::Write;

use crate::control::grammar::{FlagForm, VERBS, VerbForm, names_of_targets};

const HELP: FlagForm = FlagForm { name: "--help", value: None, about: "Print help" };

/// Help on a verb, or on all of them. `program` is the program, with the word before the verbs if
/// there is one; else it starts the daemon without a verb.
pub(super) fn text(program: &str, verb: Option<&VerbForm>, starts_without: bool) -> String {
    match verb {
        Some(verb) => of_verb(program, verb),
        None => of_all(program, starts_without),
    }
}

fn of_all(program: &str, starts_without: bool) -> String {
    let usage = if starts_without {
        format!("{program} [COMMAND]\n\nWithout a command it starts the daemon.")
    } else {
        format!("{program} <COMMAND>")
    };
    let mut text = format!("Usage: {usage}\n\nCommands:\n");
    let width = VERBS.iter().map(|verb| verb.name.len()).max().unwrap_or(0);
    for VerbForm { name, about, .. } in VERBS {
        let _ = writeln!(text, "  {name:width$}  {about}");
    }
    let _ = writeln!(text, "\nOptions:\n  -h, --help  {}", HELP.about);
    text
}

fn of_verb(program: &str, verb: &VerbForm) -> String {
    let VerbForm { name, about, operand, flags, .. } = verb;
    let options = if flags.is_empty() { "" } else { " [OPTIONS]" };
    let operand = operand.map(|operand| format!(" <{operand}>")).unwrap_or_default();
    let mut text = format!("{about}\n\nUsage: {program} {name}{options}{operand}\n");
    if !operand.is_empty() {
        let _ = writeln!(
            text,
            "\nArguments:\n {operand}  [possible values: {}]",
            names_of_targets().join(", ")
        );
    }
    text.push_str("\nOptions:\n");
    let width = flags.iter().chain([&HELP]).map(|flag| shown(flag).len()).max().unwrap_or(0);
    for flag in flags.iter().chain([&HELP]) {
        let short = if flag.name == HELP.name { "-h, " } else { "    " };
        let _ = writeln!(text, "  {short}{:width$}  {}", shown(flag), flag.about);
    }
    text
}

/// `--timeout <SECONDS>`.
fn shown(flag: &FlagForm) -> String {
    match flag.value {
        Some(value) => format!("{} <{value}>", flag.name),
        None => flag.name.to_owned(),
    }
}

/// The line that names help, behind a message on wrong flags.
pub(super) fn hint(program: &str, verb: Option<&VerbForm>) -> String {
    let verb = verb.map(|verb| format!(" {}", verb.name)).unwrap_or_default();
    format!("try `{program}{verb} --help`")
}
