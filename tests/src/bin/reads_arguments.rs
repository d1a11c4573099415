//! A program with verbs that takes no argument of its own: `configure` exits with 2 if there is one.
//!
//! It reads all arguments, the verb too, or with `WITHOUT_VERB` in the environment all others.

use std::ffi::OsString;
use std::{env, process};

#[daemon::main(pidfile, control, configure = read)]
fn main() {}

fn read(_: &mut daemon::Config) {
    let arguments: Vec<OsString> = match env::var_os("WITHOUT_VERB") {
        Some(_) => daemon::args_os().collect(),
        None => env::args_os().collect(),
    };
    if arguments.len() > 1 {
        process::exit(2);
    }
}
