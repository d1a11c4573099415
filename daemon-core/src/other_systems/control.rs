//! The verbs where there are no daemons: they are read from the command line as everywhere, and each
//! but `start` is refused.

#[path = "../control/arguments.rs"]
pub(crate) mod arguments;
#[path = "../control/entry.rs"]
pub(crate) mod entry;
#[path = "../control/grammar.rs"]
mod grammar;
#[path = "../control/help.rs"]
mod help;
#[path = "../control/output.rs"]
mod output;
#[path = "../control/performer.rs"]
mod performer;
#[path = "../control/slip.rs"]
mod slip;

mod configuring {
    use crate::config::Config;
    use crate::error::Error;

    pub(crate) fn begin(_: &mut Config) {}

    pub(crate) fn end() {}

    pub(crate) fn has_failed(_: &mut Config, _: &Error) {}
}

mod perform {
    use crate::config::Config;
    use crate::config::verb::{Next, Verb};
    use crate::error::{Error, ErrorKind};
    use crate::launch::refusal;

    /// Refuses every verb but a start.
    pub(crate) fn carry_out(config: &mut Config) -> Next {
        match config.verb() {
            None | Some(Verb::Start) => Next::Launch,
            Some(verb) => {
                let what = format!("cannot {}: this system has no daemons", verb.name());
                let error = Error::new(ErrorKind::Config, what);
                refusal::say(&config.name, &error);
                Next::Exit(error.exit_code())
            }
        }
    }

    /// Nothing runs already.
    pub(crate) fn is_success(_: &mut Config, _: &Error) -> Option<u8> {
        None
    }
}

pub use crate::config::verb::{Stop, Target};
