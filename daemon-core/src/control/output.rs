//! What a verb says: its output, and what it says beside that.

use std::io::{self, Write};

use crate::config::Config;
use crate::text::printable;

/// The exit status if the output of a verb cannot be written: `EX_IOERR` in sysexits(3).
const NOT_WRITTEN: u8 = 74;

/// Says something on standard error, after the program's name.
pub(super) fn say(config: &Config, what: &str) {
    let line = format!("{}: {}\n", config.name, printable(what));
    let _ = io::stderr().write_all(line.as_bytes());
}

/// Prints the output of a verb. Returns the exit status.
pub(super) fn print(config: &Config, text: &str) -> u8 {
    let mut stdout = io::stdout();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => 0,
        Err(error) => {
            say(config, &format!("cannot write the output: {error}"));
            NOT_WRITTEN
        }
    }
}
