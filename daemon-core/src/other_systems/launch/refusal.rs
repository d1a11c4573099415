//! The end of a program whose `configure` or `privileged` has failed.

use std::io::Write;
use std::process;

use crate::error::Error;
use crate::plan::inherited::Inherited;
use crate::text::printable;

/// Says why `configure` failed, and exits with the status for it.
pub(crate) fn exit_before_launch(_: &Inherited, name: &str, error: &Error) -> ! {
    exit(name, error)
}

/// Says why the program ends, and exits with the status for it.
pub(crate) fn exit(name: &str, error: &Error) -> ! {
    say(name, error);
    process::exit(error.exit_code().into())
}

/// Says why the program ends.
pub(crate) fn say(name: &str, error: &Error) {
    // There may be nobody to read it; the exit status says it too.
    let _ = writeln!(std::io::stderr(), "{name}: {}", printable(&error.to_string()));
}
