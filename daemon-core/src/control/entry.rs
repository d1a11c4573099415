//! From the command line to the verb: what a program does before it becomes a daemon, and what it
//! does instead.

use std::env;
use std::process::{self, ExitCode, Termination};

use crate::config::Config;
use crate::config::verb::{Control, Next, Rest};
use crate::control::arguments::{self, CommandLine};
use crate::control::help;
use crate::control::output::{print, say};
use crate::error::Error;
use crate::launch::ready::Ready;
use crate::launch::{launch, refusal};
use crate::plan::inherited::Inherited;

/// The exit status for a mistake in the command line.
const WRONG_USAGE: u8 = 2;

impl Config {
    /// Starts the daemon and runs `body` in it: what `#[daemon::main]` does, as a function.
    ///
    /// In the daemon this returns the exit code of `body`, for `main` to return. If the start is
    /// refused before there is a daemon, this prints the reason to standard error and returns its
    /// exit code. If the command line has a [verb](Config::control), or one was
    /// [noted](Config::perform), this carries it out and returns its exit code. In all else it is
    /// like [`Config::launch`].
    #[must_use = "it is the exit status of the program: return it from `main`"]
    pub fn run<T: Termination>(&mut self, body: impl FnOnce(Ready) -> T) -> ExitCode {
        let inherited = Inherited::by_this_process();
        if let Next::Exit(status) = before_the_launch(self, Rest::IsRead) {
            return ExitCode::from(status);
        }
        match launch(self, inherited, || Ok(())) {
            Ok((ready, ())) => body(ready).report(),
            Err(error) => ExitCode::from(refused(self, &error)),
        }
    }

    /// Makes this process the daemon, and returns in it.
    ///
    /// It does not return in the command that was started: that process exits with the verdict,
    /// without running destructors or atexit(3) handlers, which belong to the daemon. If the command
    /// line has a [verb](Config::control), or one was [noted](Config::perform), other than a start,
    /// this carries it out, and exits.
    ///
    /// Call it once, while the process has only one thread. As with the macro, the daemon closes the
    /// descriptors that were open before any code of the program's ran, and no others.
    ///
    /// # Errors
    ///
    /// Anything that refuses the start before the first fork: there is still one process, and the
    /// file system is as it was. A later failure ends the daemon, and the command reports it. In
    /// the foreground a later failure is returned too; by then the umask, limits or ids may have
    /// changed, so end the process.
    pub fn launch(&mut self) -> Result<Ready, Error> {
        let inherited = Inherited::by_this_process();
        if let Next::Exit(status) = before_the_launch(self, Rest::IsRead) {
            process::exit(status.into());
        }
        launch(self, inherited, || Ok(())).map(|(ready, ())| ready).map_err(
            |error| match is_success(self, &error) {
                Some(status) => process::exit(status.into()),
                None => error,
            },
        )
    }
}

/// Reads the command line, unless that was done before, and carries out its verb.
pub(crate) fn before_the_launch(config: &mut Config, rest: Rest) -> Next {
    let Some(performer) = config.performer else { return Next::Launch };
    match performer.read_command_line(config, rest) {
        Some(status) => Next::Exit(status),
        None => performer.carry_out(config),
    }
}

/// Says why a start was refused, unless the verb makes a success of it. Returns the exit status.
pub(crate) fn refused(config: &mut Config, error: &Error) -> u8 {
    is_success(config, error).unwrap_or_else(|| {
        refusal::say(&config.name, error);
        error.exit_code()
    })
}

fn is_success(config: &mut Config, error: &Error) -> Option<u8> {
    config.performer.and_then(|performer| performer.is_success(config, error))
}

/// Reads the verb from the command line, once. Returns the exit status if that is all there is to
/// do: help was asked for, or nobody can do what was asked for.
pub(crate) fn read_command_line(config: &mut Config, rest: Rest) -> Option<u8> {
    if config.asked.is_read || config.control == Control::Off {
        return None;
    }
    config.asked.is_read = true;
    let program = program(config);
    match CommandLine::read(env::args_os().collect(), &config.control, rest) {
        CommandLine::Asks(asked, arguments) => {
            let is_read = rest == Rest::IsRead || !asked.has_more;
            let alone = asked.verb.as_ref().filter(|verb| verb.is_about_the_running());
            if let Some(verb) = alone.filter(|_| !is_read) {
                let first = arguments.get(1).map(|it| it.to_string_lossy().into_owned());
                let what = format!("unexpected argument `{}`", first.unwrap_or_default());
                let advice = format!("try `{program} {} --help`", verb.name());
                return Some(wrong_usage(config, &what, &advice));
            }
            arguments::keep(arguments);
            let noted = config.asked.verb.take();
            config.asked = asked;
            config.asked.is_read = true;
            config.asked.is_read_by_daemon_alone = rest == Rest::IsTheDaemons;
            config.asked.verb = noted.or(config.asked.verb.take());
            None
        }
        CommandLine::Help(verb) => {
            Some(print(config, &help::text(&program, verb, config.control == Control::First)))
        }
        CommandLine::Unknown(word, meant) => {
            let mut advice = match meant {
                Some(verb) => format!("did you mean `{}`?", verb.name),
                None => help::hint(&program, None),
            };
            if config.control == Control::First {
                advice +=
                    &format!(" An argument of the program's own follows `--`: {program} -- {word}");
            }
            Some(wrong_usage(config, &format!("unknown verb `{word}`"), &advice))
        }
        CommandLine::Wrong(what, verb) => {
            Some(wrong_usage(config, &what, &help::hint(&program, verb)))
        }
    }
}

/// The program as whoever started it called it, with the word before the verbs.
fn program(config: &Config) -> String {
    match &config.control {
        Control::Behind(word) => format!("{} {word}", config.name),
        _ => config.name.clone(),
    }
}

fn wrong_usage(config: &Config, what: &str, advice: &str) -> u8 {
    say(config, &format!("{what}: {advice}"));
    WRONG_USAGE
}
