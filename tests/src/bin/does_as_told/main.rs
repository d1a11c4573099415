//! A daemon that takes the steps its arguments name, one after the other, and then lives on.
//!
//! `does_as_told status:opening wait:go notify` shows a status, waits for a file `go`, and is
//! ready. The steps are in `steps`; the options of the launch are those of `fixture::Told`,
//! and these:
//!
//! - `hold=FILE`: `configure` waits for it
//! - `print=TEXT`: `configure` prints it, which is less than a line
//! - `at_exit=FILE`: the process that runs the handlers of atexit(3) adds its number to this file
//! - `configure=ERROR`, `privileged=ERROR`: that function fails
//! - `privileged_joins=NUMBER`, `privileged_scopes=NUMBER`: as in `early`, in that function
//! - those of `early`
//!
//! With `PRINT_UNIT=TARGET` in the environment, `configure` prints the file for that target, and exits.

mod at_exit;
mod children;
mod early;
mod endings;
mod steps;

use std::{
    env,
    error::Error,
    path::Path,
    process::{self, ExitCode},
};

use daemon::{Config, Ready, control};
use fixture::{Told, live_on, wait_for};

use crate::steps::Daemon;

#[daemon::main(configure = configure, privileged = privileged)]
fn main(ready: Ready, asked: Asked) -> Result<ExitCode, Box<dyn Error>> {
    let mut daemon = Daemon::new(ready, &asked.told);
    for (verb, object) in asked.told.steps() {
        if let Some(status) = daemon.take(verb, object)? {
            return Ok(status);
        }
    }
    live_on()
}

struct Asked {
    told: Told,
    /// What `privileged` does of `early`, and with what.
    late: Option<(&'static str, String)>,
    /// The error of `privileged`.
    error: Option<String>,
}

fn configure(config: &mut Config) -> Result<Asked, String> {
    let (mut error, mut late, mut error_of_privileged) = (None, None, None);
    let told = Told::read_with(config, |option, value| {
        match option {
            "hold" => wait_for(Path::new(value)),
            "print" => print!("{value}"),
            "at_exit" => at_exit::add_number_to(value),
            "configure" => error = Some(value.to_owned()),
            "privileged" => error_of_privileged = Some(value.to_owned()),
            "privileged_joins" => late = Some(("joins", value.to_owned())),
            "privileged_scopes" => late = Some(("scopes", value.to_owned())),
            _ => return early::set(option, value),
        }
        true
    });
    if let Ok(target) = env::var("PRINT_UNIT") {
        print_unit(config, &target);
    }
    error.map_or(Ok(Asked { told, late, error: error_of_privileged }), Err)
}

/// As a program without verbs may do, whose command line does not say so.
fn print_unit(config: &Config, target: &str) -> ! {
    let mut targets = control::Target::ALL.iter().copied();
    let target = targets.find(|known| known.name() == target).expect("a target");
    print!("{}", control::unit(config, target).expect("a file"));
    process::exit(0)
}

fn privileged(mut asked: Asked) -> Result<Asked, String> {
    if let Some((option, value)) = &asked.late {
        early::set(option, value);
    }
    asked.error.take().map_or(Ok(asked), Err)
}
