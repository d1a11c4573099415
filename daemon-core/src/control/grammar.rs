//! The verbs and their flags, as a command line has them: the one source of the parser and of the
//! help.

use std::time::Duration;

use crate::config::verb::{Stop, Target, Verb};

/// A verb, as a command line has it.
#[derive(Debug)]
pub(super) struct VerbForm {
    pub(super) name: &'static str,
    /// Its description, in a sentence.
    pub(super) about: &'static str,
    /// The word that has to follow, in help.
    pub(super) operand: Option<&'static str>,
    pub(super) flags: &'static [FlagForm],
    /// What it does with the configuration, if it does not work without: then it has no `--pidfile`.
    pub(super) needs_configuration_to: Option<&'static str>,
}

/// A flag, as a command line has it.
#[derive(Debug)]
pub(super) struct FlagForm {
    pub(super) name: &'static str,
    /// The name of its value, if it takes one.
    pub(super) value: Option<&'static str>,
    pub(super) about: &'static str,
}

const fn flag(name: &'static str, about: &'static str) -> FlagForm {
    FlagForm { name, value: None, about }
}

const fn valued(name: &'static str, value: &'static str, about: &'static str) -> FlagForm {
    FlagForm { name, value: Some(value), about }
}

const PIDFILE: FlagForm =
    valued("--pidfile", "PATH", "The daemon's pidfile; the configuration is not read then");
const JSON: FlagForm = flag("--json", "Print JSON");
const STOP_TIMEOUT: FlagForm =
    valued("--timeout", "SECONDS", "How long to wait for its end [default: as long as it takes]");
const KILL: FlagForm = flag("--kill", "Kill it when the timeout is over");
const ANYWAY: FlagForm = flag("--anyway", "Even if a supervisor is in charge of it");

/// All verbs, in the order in which help lists them.
pub(super) static VERBS: &[VerbForm] = &[
    VerbForm {
        name: "start",
        about: "Start the daemon; if it is running already, wait until it is ready",
        operand: None,
        flags: &[],
        needs_configuration_to: Some("start it"),
    },
    VerbForm {
        name: "stop",
        about: "End the running daemon, and wait until it has ended",
        operand: None,
        flags: &[STOP_TIMEOUT, KILL, ANYWAY, PIDFILE],
        needs_configuration_to: None,
    },
    VerbForm {
        name: "restart",
        about: "Check the configuration, end the running daemon, and start a new one",
        operand: None,
        flags: &[STOP_TIMEOUT, KILL, ANYWAY],
        needs_configuration_to: Some("check and start it"),
    },
    VerbForm {
        name: "reload",
        about: "Have the running daemon read its configuration, and wait for what it says",
        operand: None,
        flags: &[
            valued("--timeout", "SECONDS", "How long to wait for its answer [default: 60]"),
            PIDFILE,
        ],
        needs_configuration_to: None,
    },
    VerbForm {
        name: "status",
        about: "Show whether the daemon is running, and what it is doing",
        operand: None,
        flags: &[JSON, flag("--ready", "Fail with 150 unless it is ready"), PIDFILE],
        needs_configuration_to: None,
    },
    VerbForm {
        name: "check",
        about: "Show what a start would do and what would make it fail, and change nothing",
        operand: None,
        flags: &[JSON],
        needs_configuration_to: Some("check it"),
    },
    VerbForm {
        name: "unit",
        about: "Print a file by which another program starts the daemon",
        operand: Some("TARGET"),
        flags: &[],
        needs_configuration_to: Some("print it"),
    },
];

/// The flags behind a verb, and its operand.
#[derive(Debug, Default)]
pub(super) struct Flags {
    pub(super) timeout: Option<Duration>,
    pub(super) kill: bool,
    pub(super) anyway: bool,
    pub(super) json: bool,
    pub(super) ready: bool,
    pub(super) target: Option<Target>,
}

impl VerbForm {
    pub(super) fn find(name: &str) -> Option<&'static VerbForm> {
        VERBS.iter().find(|verb| verb.name == name)
    }

    pub(super) fn flag(&self, name: &str) -> Option<&'static FlagForm> {
        self.flags.iter().find(|flag| flag.name == name)
    }

    /// Why it has no `--pidfile`, if so.
    pub(super) fn why_no_pidfile(&self) -> Option<String> {
        self.needs_configuration_to.map(|to| {
            let name = self.name;
            format!(
                "`{name}` has no `--pidfile`: it reads the configuration to {to}, and that says where the \
                 pidfile is. An option of the program's own follows `--`: {name} -- --pidfile PATH"
            )
        })
    }

    /// The verb with these flags. `Err` says what is missing.
    pub(super) fn with(&self, flags: Flags) -> Result<Verb, String> {
        let Flags { timeout, kill, anyway, json, ready, target } = flags;
        Ok(match self.name {
            "start" => Verb::Start,
            "stop" => Verb::Stop(Stop { timeout, kill, anyway }),
            "restart" => Verb::Restart(Stop { timeout, kill, anyway }),
            "reload" => Verb::Reload { timeout },
            "status" => Verb::Status { json, ready },
            "check" => Verb::Check { json },
            _ => {
                let target = target.ok_or_else(|| {
                    format!("`unit` needs a target: {}", names_of_targets().join(", "))
                })?;
                Verb::Unit { target }
            }
        })
    }
}

pub(super) fn names_of_targets() -> Vec<&'static str> {
    Target::ALL.iter().map(|target| target.name()).collect()
}
