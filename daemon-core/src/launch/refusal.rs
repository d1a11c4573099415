//! A start that is refused before there is a daemon: who is told, and how the process ends.

use std::process;

use crate::command::terminal::Terminal;
use crate::config::rules;
use crate::error::{Error, Failure};
use crate::plan::inherited::Inherited;
use crate::supervisor;
use crate::supervisor::environment::Environment;
use crate::supervisor::notify;
use crate::text::printable;

/// Refuses a start that the supervisor has not heard of yet, and exits.
pub(crate) fn exit_before_launch(inherited: &Inherited, name: &str, error: &Error) -> ! {
    if supervisor::connect(Environment::of_this_process(inherited.pid)).is_ok() {
        notify::failed(&Failure::from(error));
    }
    exit(name, error)
}

/// Says why a start was refused, and exits with the status for it.
pub(crate) fn exit(name: &str, error: &Error) -> ! {
    say(name, error);
    process::exit(error.exit_code().into())
}

/// Says why a start was refused.
pub(crate) fn say(name: &str, error: &Error) {
    // A refused name is no use as the prefix of the message that refuses it.
    let name = if rules::name(name).is_ok() { name } else { "daemon" };
    let line = format!("{name}: {}\n", printable(&error.to_string()));
    Terminal::new(name).finish(&line);
}
